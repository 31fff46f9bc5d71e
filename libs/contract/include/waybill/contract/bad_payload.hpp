#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

namespace waybill::contract {

enum class BadReason {
  unknown_type,          ///< no contract of that name, or one without a kind
  unexpected_type,       ///< a contract, but not the one that was asked for
  unknown_content_type,  ///< neither JSON nor protobuf
  too_large,             ///< more bytes than the limit
  too_deep,              ///< nested deeper than the limit
  invalid_utf8,          ///< text that is none
  unreadable,            ///< what does not parse, or does not fit the contract
};

std::string_view to_string(BadReason reason);

/// Why a payload can't be read, or written, now or ever. `type` is the message's name, as far as it is known.
/// `problem` tells a person what is wrong; it names fields of the contract and never shows what was in them,
/// so that it may be logged.
struct BadPayload {
  BadReason reason = BadReason::unreadable;
  std::string type;
  std::string problem;

  std::string to_string() const;
  friend bool operator==(const BadPayload&, const BadPayload&) = default;
};

template <class T>
using Result = boost::system::result<T, BadPayload>;

/// What Result::value() throws, for callers to whom a bad payload is a fault.
class BadPayloadError : public std::runtime_error {
 public:
  explicit BadPayloadError(BadPayload problem);
  const BadPayload& problem() const { return problem_; }

 private:
  BadPayload problem_;
};

[[noreturn]] void throw_exception_from_error(const BadPayload& problem, const boost::source_location& where);

}  // namespace waybill::contract
