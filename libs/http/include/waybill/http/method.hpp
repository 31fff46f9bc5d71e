#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace waybill::http {

/// The methods that a server knows; a request with another one is answered with 501.
enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options };

std::string_view to_string(Method method);
/// As it stands in a request: upper case.
std::optional<Method> method_of(std::string_view name);

/// Whether a request by it asks for nothing to be changed.
constexpr bool is_safe(Method method) {
  return method == Method::get || method == Method::head || method == Method::options;
}

}  // namespace waybill::http
