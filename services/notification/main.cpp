#include <memory>
#include <string>

#include "api/notifications_api.hpp"
#include "api/preferences_api.hpp"
#include "channels/file_sink.hpp"
#include "handlers/deliveries.hpp"
#include "handlers/order_events.hpp"
#include "notification_migrations.hpp"
#include "settings.hpp"
#include "waybill/service/service.hpp"

using namespace waybill;
using namespace shop::notification;

namespace {

void set_up(service::Service& service) {
  const auto settings = settings_of(service.configuration());
  if (settings.takes_events) service.consume("notification.events", order_events());
  if (!settings.channels.empty()) {
    const auto sink = std::make_shared<FileSink>(settings.sink_directory, settings.sender);
    for (const auto channel : settings.channels) {
      service.consume("notification." + std::string(to_string(channel)), deliveries(channel, sink));
    }
  }
  service.show("/api/v1/customers/{customer_id}/preferences", show_preferences,
               {.scope = "preferences:read"});
  service.accept(http::Method::put, "/api/v1/customers/{customer_id}/preferences", read_preferences,
                 replace_preferences, {.scope = "preferences:write"}, accept::Sharing::alone);
  service.show("/api/v1/notifications", list_notifications,
               {.scope = "notifications:read", .has_query = true});
}

}  // namespace

int main(int argc, char** argv) {
  return service::run(argc, argv,
                      {.name = "notification",
                       .version = WAYBILL_VERSION,
                       .about = "Tells customers what becomes of their orders.",
                       .migrations = {migrations()},
                       .settings = {settings_section()}},
                      set_up);
}
