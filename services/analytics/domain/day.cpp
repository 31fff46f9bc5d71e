#include "domain/day.hpp"

#include "waybill/base/timestamp.hpp"

namespace shop::analytics {

std::string to_text(std::chrono::sys_days day) {
  return waybill::base::format_timestamp(day).substr(0, std::string_view("2026-01-31").size());
}

}  // namespace shop::analytics
