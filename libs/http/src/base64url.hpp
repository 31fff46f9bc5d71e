#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace waybill::http {

/// RFC 4648's alphabet for URLs and file names, without padding.
std::string base64url_of(std::string_view bytes);

/// The only text that base64url_of() makes of these bytes; nothing for any other.
std::optional<std::string> bytes_of_base64url(std::string_view text);

}  // namespace waybill::http
