#pragma once

#include <string>
#include <string_view>

namespace waybill::servers {

std::string to_base64(std::string_view bytes);
/// Throws std::runtime_error for what to_base64() cannot have written.
std::string from_base64(std::string_view text);

}  // namespace waybill::servers
