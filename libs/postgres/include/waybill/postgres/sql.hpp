#pragma once

#include <string_view>

namespace waybill::postgres {

/// The text of one statement, which can only be a literal of the program: what varies goes into $1, $2 …, so
/// that no SQL is ever built out of data. `constexpr Sql take_stock = "UPDATE stock SET …";`
class Sql {
 public:
  // Implicit, so that a literal can stand in the call; consteval, so that nothing else can.
  consteval Sql(const char* literal) : text_(literal) {}

  constexpr std::string_view text() const { return text_; }
  /// Zero-terminated, as every literal is.
  constexpr const char* c_str() const { return text_.data(); }

 private:
  std::string_view text_;
};

}  // namespace waybill::postgres
