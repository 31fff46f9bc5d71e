#include "domain/money_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace shop::notification {
namespace {

// All others have two.
constexpr std::array without_digits{"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
                                    "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"};
constexpr std::array with_three_digits{"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
constexpr std::array with_four_digits{"CLF", "UYW"};

}  // namespace

int minor_digits(std::string_view currency) {
  const auto is_in = [&](const auto& list) { return std::ranges::find(list, currency) != list.end(); };
  if (is_in(without_digits)) return 0;
  if (is_in(with_three_digits)) return 3;
  if (is_in(with_four_digits)) return 4;
  return 2;
}

std::string money_text(std::int64_t minor_units, std::string_view currency) {
  const bool is_negative = minor_units < 0;
  // The least number has no positive counterpart of its own type.
  const auto amount =
      is_negative ? 0 - static_cast<std::uint64_t>(minor_units) : static_cast<std::uint64_t>(minor_units);
  auto text = std::to_string(amount);
  const auto digits = static_cast<std::size_t>(minor_digits(currency));
  if (digits > 0) {
    if (text.size() <= digits) text.insert(0, digits + 1 - text.size(), '0');
    text.insert(text.size() - digits, 1, '.');
  }
  return (is_negative ? "-" : "") + text + " " + std::string(currency);
}

}  // namespace shop::notification
