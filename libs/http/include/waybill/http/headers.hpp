#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace waybill::http {

/// The header fields of a request, in their order. Names are compared without regard to case. What a view
/// shows is valid until a field is added.
class Headers {
 public:
  void add(std::string_view name, std::string_view value);
  void clear();

  std::size_t size() const { return places_.size(); }
  std::string_view name(std::size_t index) const;
  std::string_view value(std::size_t index) const;

  /// The first of that name.
  std::optional<std::string_view> find(std::string_view name) const;
  std::size_t count(std::string_view name) const;

 private:
  struct Place {
    std::uint32_t begin = 0;
    std::uint32_t name_bytes = 0;
    std::uint32_t value_bytes = 0;
  };
  std::string text_;
  std::vector<Place> places_;
};

/// Whether two names of fields, or two tokens, are the same: ASCII letters without regard to case.
bool is_same_name(std::string_view one, std::string_view other);

}  // namespace waybill::http
