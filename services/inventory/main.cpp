#include "alarm/overdue_watch.hpp"
#include "api/products.hpp"
#include "api/reservations.hpp"
#include "handlers/stock_commands.hpp"
#include "inventory_migrations.hpp"
#include "settings.hpp"
#include "waybill/service/service.hpp"

using namespace shop;
using namespace waybill;

namespace {

void set_up(service::Service& service) {
  const http::RouteOptions may_read{.scope = "products:read"};
  const http::RouteOptions may_ask{.scope = "products:read", .has_query = true};
  const http::RouteOptions may_write{.scope = "products:write"};

  service.show("/api/v1/products", inventory::api::list_products, may_ask);
  service.show("/api/v1/products/{sku}", inventory::api::show_product, may_read);
  service.show("/api/v1/products/{sku}/availability", inventory::api::show_availability, may_ask);
  // They tell of orders, which not everybody sees who may look into the catalogue.
  service.show("/api/v1/reservations", inventory::api::list_reservations,
               {.scope = "reservations:read", .has_query = true});
  service.accept(http::Method::put, "/api/v1/products/{sku}", inventory::api::read_product,
                 inventory::api::put_product, may_write, accept::Sharing::alone);
  service.accept(http::Method::post, "/api/v1/products/{sku}/restock", inventory::api::read_restock,
                 inventory::api::restock_product, may_write, accept::Sharing::alone);

  service.consume("inventory.commands", inventory::stock_commands());

  service.keep("overdue reservations", [&service] {
    auto watch = std::make_shared<inventory::OverdueWatch>(
        service.pool(), service.metrics(), inventory::overdue_watch_options(service.configuration()));
    return service::Service::Stop([watch](base::Deadline) mutable { watch.reset(); });
  });
}

}  // namespace

int main(int argc, char** argv) {
  return service::run(argc, argv,
                      {.name = "inventory",
                       .version = WAYBILL_VERSION,
                       .about = "Keeps the catalogue and the stock, and sets goods aside for orders.",
                       .migrations = {inventory::migrations()},
                       .settings = {inventory::settings()}},
                      set_up);
}
