#include "word_list.hpp"

#include <vector>

#include "waybill/runtime/near_miss.hpp"

namespace waybill::http {
namespace {

constexpr std::size_t most_listed = 12;

}  // namespace

std::string listed(std::span<const std::string_view> words, std::string_view last_link) {
  std::string all;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i == most_listed) return all + ", …";
    if (i > 0 && i + 1 == words.size()) {
      all.append(" ").append(last_link).append(" ");
    } else if (i > 0) {
      all += ", ";
    }
    all.append("'").append(words[i]).append("'");
  }
  return all;
}

std::string meant_or_listed(std::string_view given, std::span<const std::string_view> words,
                            std::string_view listing, std::string_view last_link) {
  const std::vector<std::string> names(words.begin(), words.end());
  if (const auto meant = runtime::near_miss(given, names)) return "did you mean '" + *meant + "'?";
  return std::string(listing) + " " + listed(words, last_link);
}

}  // namespace waybill::http
