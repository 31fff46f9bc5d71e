#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace waybill::runtime {

/// The text on one line of printable ASCII, cut where it is longer than anybody reads: for text of unknown
/// origin in messages.
std::string printable(std::string_view text, std::size_t longest = 60);

}  // namespace waybill::runtime
