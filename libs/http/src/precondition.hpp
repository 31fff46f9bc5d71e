#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "waybill/http/headers.hpp"

namespace waybill::http {

/// What If-Match or If-None-Match lists.
struct ListedTags {
  struct Tag {
    std::string_view text{};  ///< with its quotes, without W/
    bool is_weak = false;
  };
  bool is_any = false;  ///< "*"
  std::vector<Tag> tags{};

  bool has_strong(std::string_view tag) const;
  /// Weak or not.
  bool has(std::string_view tag) const;
};

/// All fields of that name together. Nothing when one of them cannot be read; check before whether there is
/// one.
std::optional<ListedTags> listed_tags(const Headers& headers, std::string_view name);

}  // namespace waybill::http
