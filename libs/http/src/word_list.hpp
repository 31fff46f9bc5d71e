#pragma once

#include <span>
#include <string>
#include <string_view>

namespace waybill::http {

/// "'a', 'b' or 'c'"; of very many the first ones, and "…".
std::string listed(std::span<const std::string_view> words, std::string_view last_link);

/// What somebody has probably meant, or else what there is: "did you mean 'email'?", "it takes 'email' or
/// 'sms'".
std::string meant_or_listed(std::string_view given, std::span<const std::string_view> words,
                            std::string_view listing, std::string_view last_link);

}  // namespace waybill::http
