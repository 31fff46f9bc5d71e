#include "depot/v1/depot.contract.hpp"
#include "depot/v1/depot.pb.h"
#include "depot_migrations.hpp"
#include "waybill/http/json_body.hpp"
#include "waybill/service/service.hpp"

using namespace waybill;
using depot::v1::GoodsArrived, depot::v1::HandedOut, depot::v1::HandOut, depot::v1::TooFew;

boost::system::result<GoodsArrived, http::Problem> read_delivery(const http::Request& request) {
  http::JsonBody body(request.body);
  GoodsArrived delivery;
  delivery.set_sku(body.text("sku", {.min = 1, .max = 64}));
  delivery.set_quantity(body.integer("quantity", 1, 1'000'000));
  if (auto problem = body.problem()) return *problem;
  return delivery;
}

http::Response take_in(const GoodsArrived& delivery, accept::Scope& scope) {
  scope.tx().pipeline(
      "INSERT INTO goods AS old (sku, available) VALUES ($1, $2) ON CONFLICT (sku) DO UPDATE "
      "SET available = old.available + excluded.available",
      delivery.sku(), delivery.quantity());
  scope.publish(delivery, {.subject = delivery.sku()});
  return http::empty_response(201);
}

http::Response show_goods(const http::Request& request, postgres::Tx& tx) {
  const auto available = tx.query_optional<std::int64_t>("SELECT available FROM goods WHERE sku = $1",
                                                         request.path_parameter("sku"));
  return http::json_response(200, R"({"available":)" + std::to_string(available.value_or(0)) + "}");
}

void hand_out(const HandOut& command, inbox::Scope& scope) {
  const auto left = scope.tx().query_optional<std::int64_t>(
      "UPDATE goods SET available = available - $2 WHERE sku = $1 AND available >= $2 RETURNING available",
      command.sku(), command.quantity());
  if (!left) return scope.reply(TooFew());
  HandedOut reply;
  reply.set_left(*left);
  scope.reply(reply);
}

int main(int argc, char** argv) {
  return service::run(
      argc, argv,
      {.name = "depot", .version = "1.0.0", .about = "Keeps goods.", .migrations = {depot::migrations()}},
      [](service::Service& service) {
        service.accept(http::Method::post, "/api/v1/deliveries", read_delivery, take_in,
                       {.scope = "depot:write"});
        service.show("/api/v1/goods/{sku}", show_goods, {.scope = "depot:read"});
        service.consume("depot.commands", inbox::Handlers().on<HandOut>(hand_out));
      });
}
