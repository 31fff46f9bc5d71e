#include "waybill/runtime/near_miss.hpp"

#include <algorithm>
#include <vector>

namespace waybill::runtime {
namespace {

// A name that anybody meant is not longer; what is longer would only cost time.
constexpr std::size_t longest = 128;

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) current[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(current);
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({last[j] + 1, current[j - 1] + 1, change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) current[j] = std::min(current[j], before_last[j - 2] + 1);
    }
  }
  return current[b.size()];
}

std::optional<std::string> near_miss(std::string_view given, std::span<const std::string> names) {
  if (given.size() > longest) return std::nullopt;
  const std::size_t tolerance = std::max<std::size_t>(1, std::min<std::size_t>(3, given.size() / 4));
  std::size_t best = tolerance + 1;
  std::optional<std::string> found;
  for (const auto& name : names) {
    const std::size_t distance = edit_distance(given, name);
    if (distance >= best) continue;
    best = distance;
    found = name;
  }
  return found;
}

}  // namespace waybill::runtime
