#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "waybill/base/uuid.hpp"
#include "waybill/http/value_rules.hpp"

namespace waybill::http {

class JsonReading;

/// One object of a JsonBody, while it is read. Each field is asked for by its name, as what it has to be; a
/// field that is missing or anything else becomes a problem of the body, and what is returned then has no
/// meaning: a default. What nobody asked for is a problem too, once the object has been read.
///
/// null is a value, and no field takes it. An optional one is left out instead.
/// Concurrency: one thread. It lives no longer than its body.
class JsonObject {
 public:
  std::string text(std::string_view name, TextRule rule = {});
  std::optional<std::string> optional_text(std::string_view name, TextRule rule = {});

  /// As it is written: 1.0, 1e2 and "3" are no whole numbers.
  std::int64_t integer(std::string_view name, std::int64_t least, std::int64_t most);
  std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t least, std::int64_t most);

  bool boolean(std::string_view name);
  std::optional<bool> optional_boolean(std::string_view name);

  /// A text that `std::optional<T> parse(std::string_view)` makes something of. `accepted` says what is
  /// taken: "a stock number such as 'A-12'". T{} where there is none.
  template <class T, class Parse>
  T parsed(std::string_view name, std::string_view accepted, Parse parse) {
    return read_parsed<T>(name, accepted, Need::must, parse).value_or(T{});
  }
  template <class T, class Parse>
  std::optional<T> optional_parsed(std::string_view name, std::string_view accepted, Parse parse) {
    return read_parsed<T>(name, accepted, Need::may, parse);
  }

  base::Uuid uuid(std::string_view name);
  std::optional<base::Uuid> optional_uuid(std::string_view name);

  /// One of some words. There is at least one.
  template <class T>
  T one_of(std::string_view name, Choices<T> choices) {
    return read_one_of(name, choices, Need::must).value_or(choices.begin()->second);
  }
  template <class T>
  std::optional<T> optional_one_of(std::string_view name, Choices<T> choices) {
    return read_one_of(name, choices, Need::may);
  }

  /// A list of texts.
  std::vector<std::string> texts(std::string_view name, ListRule rule, TextRule each = {});
  std::optional<std::vector<std::string>> optional_texts(std::string_view name, ListRule rule,
                                                         TextRule each = {});

  /// Of an object, what `T read(JsonObject&)` makes of it; T{} where there is none.
  template <class T, class Read>
  T object(std::string_view name, Read read) {
    return read_object<T>(name, Need::must, read).value_or(T{});
  }
  template <class T, class Read>
  std::optional<T> optional_object(std::string_view name, Read read) {
    return read_object<T>(name, Need::may, read);
  }

  /// A list of objects, each as `T read(JsonObject&)` makes it. A list of more items than it may have is not
  /// read.
  template <class T, class Read>
  std::vector<T> list(std::string_view name, ListRule rule, Read read) {
    return read_list<T>(name, rule, Need::must, read).value_or(std::vector<T>{});
  }
  template <class T, class Read>
  std::optional<std::vector<T>> optional_list(std::string_view name, ListRule rule, Read read) {
    return read_list<T>(name, rule, Need::may, read);
  }

  /// Adds a problem that only the reader can know of: "is there twice; add the quantities". `detail` goes on
  /// where the field's name ends.
  void refuse(std::string_view name, std::string_view detail);

 protected:
  JsonObject(JsonReading& reading, std::uint32_t at) : reading_(&reading), at_(at) {}
  const std::vector<std::string>& absent() const { return absent_; }

 private:
  enum class Need { must, may };
  struct Items {
    std::uint32_t next = 0;
    std::uint32_t end = 0;
    std::size_t count = 0;
  };

  template <class T, class Parse>
  std::optional<T> read_parsed(std::string_view name, std::string_view accepted, Need need, Parse& parse) {
    const auto text = any_text(name, accepted, need);
    if (!text) return std::nullopt;
    std::optional<T> value = parse(*text);
    if (!value) refuse_text(name, accepted);
    return value;
  }

  template <class T>
  std::optional<T> read_one_of(std::string_view name, Choices<T> choices, Need need) {
    std::vector<std::string_view> words;
    words.reserve(choices.size());
    for (const auto& choice : choices) words.push_back(choice.first);
    const auto index = read_word(name, words, need);
    if (!index) return std::nullopt;
    return (choices.begin() + *index)->second;
  }

  template <class T, class Read>
  std::optional<T> read_object(std::string_view name, Need need, Read& read) {
    auto inner = inner_object(name, need);
    if (!inner) return std::nullopt;
    std::optional<T> value(read(*inner));
    inner->close();
    return value;
  }

  template <class T, class Read>
  std::optional<std::vector<T>> read_list(std::string_view name, ListRule rule, Need need, Read& read) {
    auto items = items_of(name, rule, "objects", need);
    if (!items) return std::nullopt;
    std::vector<T> values;
    values.reserve(items->count);
    while (auto item = next_object(*items)) {
      values.push_back(read(*item));
      item->close();
    }
    return values;
  }

  // `accepted` makes the words for what is taken, which only a problem needs.
  template <class NodeKind, class Accepted>
  std::optional<std::uint32_t> member(std::string_view name, NodeKind kind, Need need,
                                      const Accepted& accepted);
  std::optional<std::uint32_t> find(std::string_view name);
  std::optional<std::string> read_text(std::string_view name, TextRule rule, Need need);
  std::optional<std::int64_t> read_integer(std::string_view name, std::int64_t least, std::int64_t most,
                                           Need need);
  std::optional<bool> read_boolean(std::string_view name, Need need);
  std::optional<std::string_view> any_text(std::string_view name, std::string_view accepted, Need need);
  void refuse_text(std::string_view name, std::string_view accepted);
  std::optional<std::ptrdiff_t> read_word(std::string_view name, std::span<const std::string_view> words,
                                          Need need);
  std::optional<std::vector<std::string>> read_texts(std::string_view name, ListRule rule, TextRule each,
                                                     Need need);
  std::optional<JsonObject> inner_object(std::string_view name, Need need);
  std::optional<Items> items_of(std::string_view name, ListRule rule, std::string_view of, Need need);
  std::optional<JsonObject> next_object(Items& items);
  void close();

  JsonReading* reading_;
  std::uint32_t at_;
  std::vector<std::string>
      absent_;  // what was asked for and is not there: what an unknown field was meant as
};

}  // namespace waybill::http
