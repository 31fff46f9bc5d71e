#include "api/rebuild.hpp"

#include <nlohmann/json.hpp>

#include "handlers/order_events.hpp"
#include "persistence/model.hpp"
#include "waybill/base/timestamp.hpp"
#include "waybill/http/json_body.hpp"

namespace shop::analytics {

namespace http = waybill::http;

boost::system::result<Rebuild, http::Problem> read_rebuild(const http::Request& request) {
  http::JsonBody body(request.body);
  Rebuild rebuild;
  rebuild.since = body.parsed<WallTime>("since", "a time such as '2026-01-31T00:00:00.000Z', from 1970 on",
                                        [](std::string_view text) {
                                          auto time = waybill::base::parse_timestamp(text);
                                          return time && *time >= WallTime{} ? time : std::nullopt;
                                        });
  if (auto problem = body.problem()) return *problem;
  return rebuild;
}

http::Response begin_rebuild(const Rebuild& rebuild, waybill::accept::Scope& scope) {
  const auto forgotten = model::forget_since(scope.tx(), rebuild.since, queue_of_events);
  const nlohmann::ordered_json answer{
      {"forgotten", {{"orders", forgotten.orders}, {"messages", forgotten.messages}}}};
  return http::json_response(200, answer.dump());
}

}  // namespace shop::analytics
