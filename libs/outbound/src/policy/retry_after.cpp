#include "policy/retry_after.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace waybill::outbound {
namespace {

// Longer than any deadline, and far from the ends of what is counted with.
constexpr std::chrono::seconds longest_wait = std::chrono::hours{24 * 365};

}  // namespace

std::optional<std::chrono::nanoseconds> retry_after(std::string_view value, base::WallTime now) {
  const auto first = value.find_first_not_of(" \t");
  if (first == std::string_view::npos) return std::nullopt;
  value = value.substr(first, value.find_last_not_of(" \t") - first + 1);
  if (std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; })) {
    std::int64_t seconds = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), seconds);
    return read.ec == std::errc{} ? std::min(std::chrono::seconds{seconds}, longest_wait) : longest_wait;
  }
  const std::time_t date = curl_getdate(std::string(value).c_str(), nullptr);
  if (date < 0) return std::nullopt;
  const base::WallTime when{std::chrono::seconds{date}};
  return std::clamp<base::WallTime::duration>(when - now, base::WallTime::duration{0}, longest_wait);
}

}  // namespace waybill::outbound
