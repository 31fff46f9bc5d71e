#include "statement_text.hpp"

namespace waybill::postgres {
namespace {

constexpr std::size_t longest_quote = 120;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

}  // namespace

std::string quote_statement(std::string_view sql) {
  std::string line;
  for (const char c : sql) {
    if (is_space(c)) {
      if (!line.empty() && line.back() != ' ') line += ' ';
    } else {
      line += c;
    }
    if (line.size() == longest_quote) return "\"" + line + "…\"";
  }
  if (!line.empty() && line.back() == ' ') line.pop_back();
  return "\"" + line + "\"";
}

}  // namespace waybill::postgres
