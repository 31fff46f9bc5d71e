#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "waybill/http/headers.hpp"

namespace waybill::accept {

/// Why a request has no key.
struct KeyProblem {
  enum class Kind : std::uint8_t { missing, invalid };
  Kind kind = Kind::missing;
  std::string detail{};
};

/// The key of a request: the value of its one Idempotency-Key, 1 to 255 visible ASCII characters. A value in
/// double quotes is read as RFC 8941 has strings, as the draft of the header wants it: "abc" is the key abc,
/// and is the same as abc without the quotes.
std::variant<std::string, KeyProblem> read_idempotency_key(const http::Headers& headers);

}  // namespace waybill::accept
