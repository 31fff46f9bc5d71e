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
#include "waybill/http/problem.hpp"
#include "waybill/http/value_rules.hpp"

namespace waybill::http {

/// The query of a request, read strictly, parameter by parameter.
///
///   http::Query query(request.query());
///   const auto limit = query.optional_integer("limit", 1, 200).value_or(50);
///   const auto status = query.optional_one_of<Status>("status", {{"open", Status::open}, {"done",
///   Status::done}}); if (auto problem = query.problem()) return http::to_response(*problem);
///
/// Promises: a parameter that is there twice, that nobody asked for, that is empty where it may not be, or
/// whose escapes are not of valid UTF-8 without control characters, is a problem that names it. '+' is a
/// space. Does not promise: anything of what a parameter is returned as when there is a problem with it.
/// Concurrency: one thread. It keeps nothing of the text.
class Query {
 public:
  struct Parameter {
    std::string name{};
    std::string value{};
    bool is_asked = false;
    bool is_readable = true;  ///< else its value is empty, and it is a problem already
  };
  static constexpr std::size_t most_parameters = 64;

  explicit Query(std::string_view query);

  std::string text(std::string_view name, TextRule rule = {});
  std::optional<std::string> optional_text(std::string_view name, TextRule rule = {});
  std::int64_t integer(std::string_view name, std::int64_t least, std::int64_t most);
  std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t least, std::int64_t most);
  /// "true" or "false".
  std::optional<bool> optional_boolean(std::string_view name);
  base::Uuid uuid(std::string_view name);
  std::optional<base::Uuid> optional_uuid(std::string_view name);

  template <class T>
  T one_of(std::string_view name, Choices<T> choices) {
    return read_one_of(name, choices, Need::must).value_or(choices.begin()->second);
  }
  template <class T>
  std::optional<T> optional_one_of(std::string_view name, Choices<T> choices) {
    return read_one_of(name, choices, Need::may);
  }

  /// Adds a problem that only the reader can know of. `detail` goes on where the parameter's name ends.
  void refuse(std::string_view name, std::string_view detail);

  /// All that could be read, in their order; decoded.
  const std::vector<Parameter>& parameters() const { return parameters_; }

  /// All that is wrong, once everything has been asked for: 400 "query-invalid".
  [[nodiscard]] std::optional<Problem> problem() const;

 private:
  enum class Need { must, may };

  template <class T>
  std::optional<T> read_one_of(std::string_view name, Choices<T> choices, Need need) {
    std::vector<std::string_view> words;
    words.reserve(choices.size());
    for (const auto& choice : choices) words.push_back(choice.first);
    const auto index = read_word(name, words, need);
    if (!index) return std::nullopt;
    return (choices.begin() + *index)->second;
  }

  void add_piece(std::string_view piece, std::size_t number);
  const std::string* find(std::string_view name, Need need);
  std::optional<std::string> read_text(std::string_view name, TextRule rule, Need need);
  std::optional<std::int64_t> read_integer(std::string_view name, std::int64_t least, std::int64_t most,
                                           Need need);
  std::optional<base::Uuid> read_uuid(std::string_view name, Need need);
  std::optional<std::ptrdiff_t> read_word(std::string_view name, std::span<const std::string_view> words,
                                          Need need);

  std::vector<Parameter> parameters_;
  std::vector<std::string> absent_;
  std::vector<FieldProblem> problems_;
};

}  // namespace waybill::http
