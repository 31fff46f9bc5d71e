#include "waybill/http/problem.hpp"

#include <nlohmann/json.hpp>

namespace waybill::http {

std::string to_json(const Problem& problem) {
  // Ordered, so that a person who reads it finds the kind first.
  nlohmann::ordered_json document;
  document["type"] = problem.name.empty() ? "about:blank" : "urn:waybill:problem:" + problem.name;
  document["title"] = problem.title.empty() ? std::string(reason_of(problem.status)) : problem.title;
  document["status"] = problem.status;
  if (!problem.detail.empty()) document["detail"] = problem.detail;
  for (const auto& error : problem.errors) {
    document["errors"].push_back({{"pointer", error.pointer}, {"detail", error.detail}});
  }
  return document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Response to_response(const Problem& problem) {
  return {.status = problem.status, .content_type = "application/problem+json", .body = to_json(problem)};
}

}  // namespace waybill::http
