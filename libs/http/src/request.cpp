#include "waybill/http/request.hpp"

#include "waybill/base/ensure.hpp"

namespace waybill::http {

std::string_view Request::query() const {
  const auto mark = target.find('?');
  return mark == std::string::npos ? std::string_view{} : std::string_view(target).substr(mark + 1);
}

const std::string& Request::path_parameter(std::string_view name) const {
  const std::string* found = nullptr;
  for (const auto& [known, value] : path_parameters) {
    if (known == name) found = &value;
  }
  ENSURE(found != nullptr, "a handler asks only for what its route's pattern names");
  return *found;
}

}  // namespace waybill::http
