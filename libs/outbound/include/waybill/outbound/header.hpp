#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace waybill::outbound {

struct Header {
  std::string name;
  std::string value;
  friend bool operator==(const Header&, const Header&) = default;
};

using Headers = std::vector<Header>;

/// The value of the first header of this name, whatever the case of its letters; null when there is none.
const std::string* find_header(const Headers& headers, std::string_view name);

}  // namespace waybill::outbound
