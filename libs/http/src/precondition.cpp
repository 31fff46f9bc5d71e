#include "precondition.hpp"

#include <algorithm>
#include <cstdint>

namespace waybill::http {
namespace {

/// Reads one field: "*", or tags with commas between them, of which some may be left empty.
class TagList {
 public:
  TagList(std::string_view field, ListedTags& into) : rest_(field), into_(into) {}

  bool read() {
    skip_space();
    if (rest_ == "*") return into_.is_any = true;
    for (;;) {
      skip_space();
      if (rest_.empty()) return true;
      if (rest_.front() != ',' && !read_tag()) return false;
      skip_space();
      if (rest_.empty()) return true;
      if (rest_.front() != ',') return false;
      rest_.remove_prefix(1);
    }
  }

 private:
  bool read_tag() {
    const bool is_weak = rest_.starts_with("W/");
    if (is_weak) rest_.remove_prefix(2);
    if (!rest_.starts_with('"')) return false;
    const auto end = rest_.find('"', 1);
    if (end == std::string_view::npos) return false;
    const auto tag = rest_.substr(0, end + 1);
    const auto is_of_a_tag = [](char c) { return static_cast<std::uint8_t>(c) > ' ' && c != '\x7F'; };
    if (!std::ranges::all_of(tag, is_of_a_tag)) return false;
    into_.tags.push_back({tag, is_weak});
    rest_.remove_prefix(end + 1);
    return true;
  }
  void skip_space() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
    while (rest_.ends_with(' ') || rest_.ends_with('\t')) rest_.remove_suffix(1);
  }

  std::string_view rest_;
  ListedTags& into_;
};

}  // namespace

bool ListedTags::has_strong(std::string_view tag) const {
  return std::ranges::any_of(tags, [&](const Tag& listed) { return !listed.is_weak && listed.text == tag; });
}
bool ListedTags::has(std::string_view tag) const {
  return std::ranges::any_of(tags, [&](const Tag& listed) { return listed.text == tag; });
}

std::optional<ListedTags> listed_tags(const Headers& headers, std::string_view name) {
  ListedTags tags;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    if (!is_same_name(headers.name(i), name)) continue;
    if (!TagList(headers.value(i), tags).read()) return std::nullopt;
  }
  // "*" is for itself, and a list without a tag is none.
  if (tags.is_any != tags.tags.empty()) return std::nullopt;
  return tags;
}

}  // namespace waybill::http
