#include "waybill/contract/bad_payload.hpp"

#include "waybill/base/ensure.hpp"

namespace waybill::contract {

std::string_view to_string(BadReason reason) {
  switch (reason) {
    case BadReason::unknown_type:
      return "unknown type";
    case BadReason::unexpected_type:
      return "unexpected type";
    case BadReason::unknown_content_type:
      return "unknown content type";
    case BadReason::too_large:
      return "too large";
    case BadReason::too_deep:
      return "too deep";
    case BadReason::invalid_utf8:
      return "invalid UTF-8";
    case BadReason::unreadable:
      return "unreadable";
  }
  ENSURE(false, "every reason has a name");
}

std::string BadPayload::to_string() const {
  std::string text = type.empty() ? "a payload" : type;
  text += " is bad (";
  text += contract::to_string(reason);
  return text + "): " + problem;
}

BadPayloadError::BadPayloadError(BadPayload problem)
    : std::runtime_error(problem.to_string()), problem_(std::move(problem)) {}

void throw_exception_from_error(const BadPayload& problem, const boost::source_location&) {
  throw BadPayloadError(problem);
}

}  // namespace waybill::contract
