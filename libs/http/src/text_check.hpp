#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "waybill/http/value_rules.hpp"

namespace waybill::http {

/// What a text of valid UTF-8 has or is that the rule does not take: "has 70 characters". It shows nothing of
/// the text.
std::optional<std::string> unfit_text(std::string_view text, const TextRule& rule);

/// "a text of 1 to 64 characters"
std::string text_accepted(const TextRule& rule);

/// "1 to 64 characters", "up to 3 objects", "2 texts"
std::string counted(std::size_t min, std::size_t max, std::string_view of);

}  // namespace waybill::http
