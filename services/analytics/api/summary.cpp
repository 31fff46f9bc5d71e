#include "api/summary.hpp"

#include <nlohmann/json.hpp>

#include "domain/day.hpp"
#include "persistence/model.hpp"
#include "waybill/http/query.hpp"

namespace shop::analytics {
namespace {

namespace http = waybill::http;
using Json = nlohmann::ordered_json;

constexpr std::int64_t most_days = 366;

std::int64_t number_at(const model::Summary& summary, const Place& place) {
  const auto found = summary.orders.find(place);
  return found == summary.orders.end() ? 0 : found->second;
}

Json orders_json(const model::Summary& summary) {
  Json cancelled;
  std::int64_t total = 0;
  for (const auto& [reason, word] : reason_words) {
    const auto number = number_at(summary, {.status = Status::cancelled, .reason = reason});
    cancelled[word] = number;
    total += number;
  }
  cancelled["total"] = total;
  const auto open = number_at(summary, {.status = Status::open});
  const auto confirmed = number_at(summary, {.status = Status::confirmed});
  return {{"placed", open + confirmed + total},
          {"open", open},
          {"confirmed", confirmed},
          {"cancelled", std::move(cancelled)}};
}

Json revenue_json(const model::Summary& summary) {
  Json days = Json::array();
  for (const auto& [till, revenue] : summary.revenue) {
    days.push_back({{"day", to_text(till.day)},
                    {"currency", till.currency},
                    {"orders", revenue.orders},
                    {"minor_units", revenue.minor_units}});
  }
  return days;
}

}  // namespace

http::Response show_summary(const http::Request& request, waybill::postgres::Tx& tx) {
  http::Query query(request.query());
  const auto days = query.optional_integer("days", 1, most_days).value_or(most_days);
  if (auto problem = query.problem()) return http::to_response(*problem);
  const auto summary = model::summarize(tx, days);
  const Json answer{{"orders", orders_json(summary)}, {"revenue", revenue_json(summary)}};
  return http::json_response(200, answer.dump());
}

}  // namespace shop::analytics
