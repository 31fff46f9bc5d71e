#include <string>

#include "analytics_migrations.hpp"
#include "api/rebuild.hpp"
#include "api/summary.hpp"
#include "handlers/order_events.hpp"
#include "waybill/service/service.hpp"

using namespace std::chrono_literals;
using namespace shop::analytics;
namespace http = waybill::http;

int main(int argc, char** argv) {
  return waybill::service::run(argc, argv,
                               {.name = "analytics",
                                .version = WAYBILL_VERSION,
                                .about = "Counts what becomes of orders, and sums what is sold.",
                                .migrations = {migrations()}},
                               [](waybill::service::Service& service) {
                                 service.consume(std::string(queue_of_events), order_events());
                                 service.show("/api/v1/analytics/summary", show_summary,
                                              {.scope = "analytics:read", .has_query = true});
                                 service.accept(http::Method::post, "/api/v1/analytics/rebuild", read_rebuild,
                                                begin_rebuild, {.scope = "analytics:write", .within = 60s});
                               });
}
