#include <nlohmann/json.hpp>

#include "waybill/base/timestamp.hpp"
#include "waybill/telemetry/health.hpp"

namespace waybill::telemetry {

namespace {

std::string render(const HealthReport& report) {
  nlohmann::ordered_json json = {{"ok", report.ok}, {"checks", nlohmann::ordered_json::array()}};
  for (const auto& check : report.checks) {
    nlohmann::ordered_json entry = {{"name", check.name}, {"ok", check.ok}};
    if (!check.ok) entry["reason"] = check.reason;
    entry["since"] = base::format_timestamp(check.since);
    json["checks"].push_back(std::move(entry));
  }
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string Health::render_readiness() const { return render(readiness()); }

std::string Health::render_liveness() const { return render(liveness()); }

}  // namespace waybill::telemetry
