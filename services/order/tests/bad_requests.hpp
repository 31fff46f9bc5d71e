#pragma once

#include <string>
#include <vector>

namespace shop::order {

/// A request that nobody should send, and what it is answered with.
struct BadRequest {
  std::string name{};
  std::string request{};  ///< its bytes; KEY is a good client's header field, FRESH a new name
  int status = 422;
  std::string problem = "body-invalid";
  std::string names{};  ///< the field, as the document's errors have it; empty where there is none
};

/// Bodies of POST /api/v1/orders, which are JSON and no order.
std::vector<BadRequest> bad_orders();
/// Bodies that are no JSON, or that are made to hurt who reads them.
std::vector<BadRequest> bad_json();
/// Requests that are wrong whatever their body: method, type, key, size, smuggling, other people's orders.
std::vector<BadRequest> bad_envelopes();
/// Queries and paths.
std::vector<BadRequest> bad_reads();

}  // namespace shop::order
