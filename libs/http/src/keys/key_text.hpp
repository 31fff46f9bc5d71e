#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace waybill::http {

/// 1 to 32 lower-case letters, digits and '-', a letter first: without '_', which ends it in a key.
bool is_key_id(std::string_view id);

/// "orders:write": 1 to 64 letters, digits, and any of ":._-".
bool is_scope(std::string_view scope);

/// Of "wb_<id>_<43 characters>" the id; nothing of what is no such text.
std::optional<std::string_view> id_in_key(std::string_view text);

}  // namespace waybill::http
