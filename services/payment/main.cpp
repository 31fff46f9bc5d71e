#include "api/payments_api.hpp"
#include "handlers/take_commands.hpp"
#include "payment_migrations.hpp"
#include "settings.hpp"
#include "waybill/service/service.hpp"

namespace {

using namespace waybill;

void set_up(service::Service& service) {
  shop::payment::serve_payments(service);
  service.consume(
      "payment.commands",
      shop::payment::command_handlers({.slow_after = service.configuration()[shop::payment::slow_after()]}));
}

}  // namespace

int main(int argc, char** argv) {
  return service::run(argc, argv,
                      {.name = "payment",
                       .version = WAYBILL_VERSION,
                       .about = "Takes money for orders, gives it back, and keeps the ledger.",
                       .migrations = {shop::payment::migrations()},
                       .settings = {{"Payments", {shop::payment::slow_after()}}}},
                      set_up);
}
