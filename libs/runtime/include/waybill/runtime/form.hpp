#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "waybill/runtime/byte_count.hpp"
#include "waybill/runtime/host_port.hpp"
#include "waybill/runtime/unfit.hpp"
#include "waybill/runtime/url.hpp"

namespace waybill::runtime {

/// A setting's value as it was given: one text, or a JSON array's.
using Given = std::variant<std::string, std::vector<std::string>>;

template <class T>
using Read = boost::system::result<T, Unfit>;

/// What a setting accepts, and how it becomes a T.
template <class T>
struct Form {
  std::string accepted;  ///< completes "set it to …"
  std::function<Read<T>(const Given&)> read;
  /// How a value is shown without the secrets inside it; none when the text that was given may be shown.
  std::function<std::string(const T&)> masked = {};
};

namespace form {

/// A text that is not empty.
Form<std::string> text();
Form<bool> flag();
/// A whole number, then one of B, KiB, MiB, GiB.
Form<ByteCount> size(ByteCount least, ByteCount most);
/// A whole number, then one of ms, s, m, h, d. There is no default unit: it is where mistakes of a factor
/// 1000 come from.
Form<std::chrono::milliseconds> duration(std::chrono::milliseconds least, std::chrono::milliseconds most);
Form<HostPort> host_port();
/// A URL with one of these schemes. More than one host is refused unless asked for.
enum class Hosts { one, many };
Form<Url> url(std::vector<std::string> schemes, Hosts hosts = Hosts::one);

namespace detail {
Read<std::int64_t> read_integer(const Given& given, std::int64_t least, std::int64_t most);
std::string accepted_integer(std::int64_t least, std::int64_t most);
/// The text, unless a list was given.
Read<std::string> read_text(const Given& given);
std::vector<std::string> items_of(const Given& given);
}  // namespace detail

/// A whole number between two bounds, both included.
template <std::integral T>
Form<T> integer(std::type_identity_t<T> least, std::type_identity_t<T> most) {
  static_assert(std::is_signed_v<T> || sizeof(T) < sizeof(std::int64_t) ||
                    std::numeric_limits<T>::digits == std::numeric_limits<std::uint64_t>::digits,
                "numbers are read as 64 bits");
  const auto low = static_cast<std::int64_t>(least);
  const auto high = static_cast<std::int64_t>(most);
  return {.accepted = detail::accepted_integer(low, high),
          .read = [low, high](const Given& given) -> Read<T> {
            const auto number = detail::read_integer(given, low, high);
            if (!number) return number.error();
            return static_cast<T>(*number);
          }};
}

/// One of a few words.
template <class E>
Form<E> one_of(std::vector<std::pair<std::string, E>> words) {
  std::string accepted = "one of";
  for (const char* separator = " "; const auto& word : words) {
    accepted += std::exchange(separator, ", ") + word.first;
  }
  return {.accepted = std::move(accepted), .read = [words = std::move(words)](const Given& given) -> Read<E> {
            const auto text = detail::read_text(given);
            if (!text) return text.error();
            for (const auto& [word, value] : words) {
              if (word == *text) return value;
            }
            return Unfit::that("is not one of them");
          }};
}

/// Values separated by commas, or a JSON array of them; an empty text is an empty list.
template <class T>
Form<std::vector<T>> list_of(Form<T> item) {
  Form<std::vector<T>> list;
  list.accepted = "a list, separated by commas, of which each is " + item.accepted;
  if (item.masked) {
    list.masked = [masked = item.masked](const std::vector<T>& values) {
      std::string shown;
      for (const auto& value : values) shown += (shown.empty() ? "" : ",") + masked(value);
      return shown;
    };
  }
  list.read = [read = std::move(item.read)](const Given& given) -> Read<std::vector<T>> {
    std::vector<T> values;
    for (const auto& text : detail::items_of(given)) {
      auto value = read(text);
      if (!value) return Unfit::that("has an item that " + value.error().why());
      values.push_back(*std::move(value));
    }
    return values;
  };
  return list;
}

}  // namespace form
}  // namespace waybill::runtime
