#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "waybill/http/response.hpp"

namespace waybill::accept {

using HeaderFields = std::vector<std::pair<std::string, std::string>>;

/// Why an answer cannot be kept to be given again, for the log; nothing when it can.
std::optional<std::string> why_not_kept(const http::Response& answer, std::size_t most_bytes);

/// The header fields of an answer that can be kept, one a line, and back.
std::string write_fields(const HeaderFields& fields);
HeaderFields read_fields(std::string_view text);

}  // namespace waybill::accept
