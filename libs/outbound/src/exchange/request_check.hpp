#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "waybill/outbound/options.hpp"
#include "waybill/outbound/request.hpp"

namespace waybill::outbound {

/// Whether a text can stand as a header's value: without control characters, which could begin a header of
/// their own.
bool is_header_value(std::string_view text);

/// Why this request is not to be sent, but for its URL's form; nothing when it may be. The reason holds no
/// value of the request.
std::optional<std::string> problem_of(const Request& request, const MessageLimits& limits);

}  // namespace waybill::outbound
