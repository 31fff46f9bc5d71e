#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "waybill/http/response.hpp"

namespace waybill::http {

/// What is wrong with one part of a request.
struct FieldProblem {
  std::string pointer{};  ///< a JSON pointer into the body, "#/lines/0/quantity"; or "query: limit", "header:
                          ///< If-Match"
  std::string detail{};
};

/// An error as people and programs read it: RFC 9457. It holds no text of a fault inside the service.
///
/// `name` is a short word for the kind, "body-invalid": the type is "urn:waybill:problem:<name>".
/// docs/problems.md lists those of the libraries. `title` is the same for each of a kind; `detail` tells of
/// this one what happened and what to do.
struct Problem {
  int status = 500;
  std::string name{};
  std::string title{};
  std::string detail{};
  std::vector<FieldProblem> errors{};
};

/// The document, application/problem+json.
std::string to_json(const Problem& problem);
Response to_response(const Problem& problem);

}  // namespace waybill::http
