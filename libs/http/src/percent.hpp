#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace waybill::http {

/// What a part of a path, or a name or a value of a query, stands for. Nothing for an escape that is not two
/// hex digits, and for what is not UTF-8 or contains a control character, NUL among them, once it is decoded.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space);

/// The same the other way: all but RFC 3986's unreserved characters are escaped, so that the text can stand
/// in any part of a URL.
std::string percent_encoded(std::string_view text);

}  // namespace waybill::http
