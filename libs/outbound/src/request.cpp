#include "waybill/outbound/request.hpp"

#include <array>

#include "letter_case.hpp"

namespace waybill::outbound {

const std::string* find_header(const Headers& headers, std::string_view name) {
  for (const auto& header : headers) {
    if (same_letters(header.name, name)) return &header.value;
  }
  return nullptr;
}

std::string_view to_string(Method method) {
  static constexpr std::array<std::string_view, 7> names{"GET",    "HEAD", "OPTIONS", "PUT",
                                                         "DELETE", "POST", "PATCH"};
  return names.at(static_cast<std::size_t>(method));
}

bool is_idempotent(const Request& request) {
  return request.idempotent || (request.method != Method::post && request.method != Method::patch) ||
         find_header(request.headers, "Idempotency-Key") != nullptr;
}

}  // namespace waybill::outbound
