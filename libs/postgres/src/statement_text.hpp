#pragma once

#include <string>
#include <string_view>

namespace waybill::postgres {

/// A statement as errors quote it: on one line, its beginning. Statements are literals, so nothing secret is
/// in them.
std::string quote_statement(std::string_view sql);

}  // namespace waybill::postgres
