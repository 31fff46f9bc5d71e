#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "waybill/http/page.hpp"

namespace waybill::http {

/// A cursor's bytes: the format's version, a fingerprint of its listing, and each value with its kind; so
/// strict that each list of values has one form.
std::string cursor_bytes(std::uint64_t fingerprint, const CursorValues& values);

/// Nothing for anything else, and for the fingerprint of another listing.
std::optional<CursorValues> values_in_cursor(std::string_view bytes, std::uint64_t fingerprint);

}  // namespace waybill::http
