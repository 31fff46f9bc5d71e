#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "waybill/http/request.hpp"
#include "waybill/http/response.hpp"

namespace waybill::http {

/// Which state of a thing a representation shows: a strong entity tag, as RFC 9110 has it.
class EntityTag {
 public:
  /// Of what counts its changes.
  static EntityTag of_revision(std::uint64_t revision);
  /// Of the bytes themselves, by their hash.
  static EntityTag of_body(std::string_view body);

  /// With its quotes.
  const std::string& text() const { return text_; }
  friend bool operator==(const EntityTag&, const EntityTag&) = default;

 private:
  explicit EntityTag(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// What to answer instead, before anything is done, when the request's If-Match or If-None-Match does not fit
/// the state that there is: 304 to GET and HEAD, 412 "precondition-failed" to the others, 400
/// "precondition-malformed" where one cannot be read. Nothing when the request is to be carried out. Without
/// a `current`, there is no such thing yet.
std::optional<Response> refuse_precondition(const Request& request, const std::optional<EntityTag>& current);

/// The response to a request that changed nothing, with its tag; or what to answer instead. A response that
/// is no success is answered as it is.
///
///   return http::tagged(request, http::EntityTag::of_revision(order.revision), std::move(response));
Response tagged(const Request& request, const EntityTag& current, Response response);

}  // namespace waybill::http
