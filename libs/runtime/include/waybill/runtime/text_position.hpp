#pragma once

#include <cstddef>
#include <iterator>
#include <string_view>

namespace waybill::runtime {

/// A place in a text as editors show it: both count from 1, columns in bytes.
struct TextPosition {
  int line = 1;
  std::size_t column = 1;
  friend bool operator==(const TextPosition&, const TextPosition&) = default;
};

TextPosition position_at(std::string_view text, std::size_t offset);

/// Walks over a text for a parser that takes iterators and tells no lines, and counts those it has passed.
class LineCounting {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  LineCounting(const char* at, int* line) : at_(at), line_(line) {}
  reference operator*() const { return *at_; }
  LineCounting& operator++() {
    if (*at_++ == '\n') ++*line_;
    return *this;
  }
  LineCounting operator++(int) {
    auto before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const LineCounting& a, const LineCounting& b) { return a.at_ == b.at_; }

 private:
  const char* at_;
  int* line_;
};

}  // namespace waybill::runtime
