#pragma once

#include <cstddef>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace waybill::http {

/// Which texts are taken. Control characters are not, and texts are valid UTF-8 in any case.
struct TextRule {
  std::size_t min = 0;  ///< characters: code points, not bytes
  std::size_t max = 256;
  bool lines = false;  ///< whether line breaks and tabs are taken too
};

/// How many items a list may have.
struct ListRule {
  std::size_t min = 0;
  std::size_t max = 100;
};

/// The words that are taken, and what each stands for: {{"email", Channel::email}, {"sms", Channel::sms}}.
template <class T>
using Choices = std::initializer_list<std::pair<std::string_view, T>>;

}  // namespace waybill::http
