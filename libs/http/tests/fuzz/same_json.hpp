#pragma once

#include <string_view>

namespace waybill::http {

/// Fails when our parser and nlohmann's do not agree on a text: what either refuses, or what they read of it.
/// Where ours refuses what the other takes, it has said why.
void check_same_json(std::string_view text);

}  // namespace waybill::http
