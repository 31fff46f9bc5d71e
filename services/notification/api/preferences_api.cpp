#include "api/preferences_api.hpp"

#include <nlohmann/json.hpp>
#include <optional>

#include "api/customer_id.hpp"
#include "persistence/preferences.hpp"
#include "waybill/http/json_body.hpp"

namespace shop::notification {
namespace {

using nlohmann::ordered_json;
using waybill::http::JsonObject;
using waybill::http::Problem;

Problem no_customer_id() {
  return {.status = 400,
          .name = "customer-id-invalid",
          .title = "The path has no id of a customer",
          .detail = "An id of a customer has " + std::string(customer_id_form) + "."};
}

std::string json_of(const Preferences& preferences) {
  auto json = ordered_json::object();
  for (const auto channel : channels) {
    auto& wants = json[std::string(to_string(channel))];
    for (const auto event : events) wants[std::string(to_string(event))] = preferences.wants(channel, event);
  }
  return json.dump();
}

}  // namespace

boost::system::result<NewPreferences, Problem> read_preferences(const waybill::http::Request& request) {
  NewPreferences wanted{.customer_id = request.path_parameter("customer_id")};
  if (!is_customer_id(wanted.customer_id)) return no_customer_id();
  waybill::http::JsonBody body(request.body);
  for (const auto channel : channels) {
    body.object<bool>(to_string(channel), [&](JsonObject& json) {
      for (const auto event : events) wanted.preferences.set(channel, event, json.boolean(to_string(event)));
      return true;
    });
  }
  if (auto problem = body.problem()) return *std::move(problem);
  return wanted;
}

waybill::http::Response replace_preferences(const NewPreferences& wanted, waybill::accept::Scope& scope) {
  persistence::store_preferences(scope.tx(), wanted.customer_id, wanted.preferences);
  return waybill::http::json_response(200, json_of(wanted.preferences));
}

waybill::http::Response show_preferences(const waybill::http::Request& request, waybill::postgres::Tx& tx) {
  const auto& customer = request.path_parameter("customer_id");
  if (!is_customer_id(customer)) return waybill::http::to_response(no_customer_id());
  const auto known = persistence::load_preferences(tx, {customer});
  const auto theirs = known.find(customer);
  return waybill::http::json_response(200, json_of(theirs == known.end() ? Preferences() : theirs->second));
}

}  // namespace shop::notification
