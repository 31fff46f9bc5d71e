#include "api/orders_api.hpp"
#include "handlers/follow_sagas.hpp"
#include "order_migrations.hpp"
#include "saga/place_order.hpp"
#include "settings.hpp"
#include "waybill/saga/drawing.hpp"
#include "waybill/saga/migrations.hpp"
#include "waybill/service/sagas.hpp"
#include "waybill/service/service.hpp"

using namespace waybill;

int main(int argc, char** argv) {
  return service::run(
      argc, argv,
      {.name = "order",
       .version = WAYBILL_VERSION,
       .about = "Accepts orders, and sees each through to its end.",
       .migrations = {saga::migrations(), shop::order::migrations()},
       .settings = {shop::order::saga_section()},
       .prints = {{"saga", "draws the saga of an order, in Mermaid",
                   [] { return saga::to_mermaid(shop::order::place_order().plan()); }}}},
      [](service::Service& service) {
        const auto place_order = shop::order::place_order(shop::order::step_limits(service.configuration()));
        const auto engine = service::make_saga_engine(service);
        engine->add(place_order).project(std::string(shop::order::saga_name), shop::order::follow_sagas);
        service::run_sagas(service, engine, {.answers = "order.replies", .cancellations = "order.commands"});
        shop::order::answer_orders(service, engine, place_order);
      });
}
