#include "waybill/http/method.hpp"

#include <array>
#include <utility>

namespace waybill::http {
namespace {

constexpr std::array<std::pair<Method, std::string_view>, 7> methods{{{Method::get, "GET"},
                                                                      {Method::head, "HEAD"},
                                                                      {Method::post, "POST"},
                                                                      {Method::put, "PUT"},
                                                                      {Method::patch, "PATCH"},
                                                                      {Method::delete_, "DELETE"},
                                                                      {Method::options, "OPTIONS"}}};

}  // namespace

std::string_view to_string(Method method) {
  for (const auto& [known, name] : methods) {
    if (known == method) return name;
  }
  return "unknown";
}

std::optional<Method> method_of(std::string_view name) {
  for (const auto& [method, known] : methods) {
    if (known == name) return method;
  }
  return std::nullopt;
}

}  // namespace waybill::http
