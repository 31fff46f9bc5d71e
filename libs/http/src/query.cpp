#include "waybill/http/query.hpp"

#include <algorithm>

#include "percent.hpp"
#include "text_check.hpp"
#include "waybill/runtime/printable.hpp"
#include "whole_number.hpp"
#include "word_list.hpp"

namespace waybill::http {
namespace {

constexpr std::size_t longest_name_shown = 64;
constexpr std::size_t longest_value_shown = 24;
constexpr std::size_t most_problems = 20;

std::string parameter_pointer(std::string_view name) {
  return "query: " + runtime::printable(name, longest_name_shown);
}

std::string quoted_value(std::string_view value) {
  return "'" + runtime::printable(value, longest_value_shown) + "'";
}

}  // namespace

Query::Query(std::string_view query) {
  std::size_t number = 0;
  while (!query.empty()) {
    if (++number > most_parameters) {
      problems_.push_back({"query", "has more than " + std::to_string(most_parameters) + " parameters"});
      return;
    }
    const auto end = query.find('&');
    add_piece(query.substr(0, end), number);
    // An '&' at the end is followed by an empty parameter.
    if (end == query.size() - 1) add_piece({}, number + 1);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
  }
}

void Query::add_piece(std::string_view piece, std::size_t number) {
  const auto equals = piece.find('=');
  auto name = percent_decoded(piece.substr(0, equals), true);
  if (!name || name->empty()) {
    problems_.push_back({"query", "parameter " + std::to_string(number) +
                                      (name ? " has no name" : " has a name that is not escaped UTF-8")});
    return;
  }
  auto value = equals == std::string_view::npos ? std::optional<std::string>("")
                                                : percent_decoded(piece.substr(equals + 1), true);
  if (std::ranges::find(parameters_, *name, &Parameter::name) != parameters_.end()) {
    return refuse(*name, "is there twice");
  }
  const bool is_readable = value.has_value();
  if (!is_readable) refuse(*name, "is not escaped UTF-8 without control characters");
  parameters_.push_back({.name = *std::move(name),
                         .value = std::move(value).value_or(""),
                         .is_asked = !is_readable,
                         .is_readable = is_readable});
}

const std::string* Query::find(std::string_view name, Need need) {
  const auto found = std::ranges::find(parameters_, name, &Parameter::name);
  if (found != parameters_.end()) {
    found->is_asked = true;
    return found->is_readable ? &found->value : nullptr;
  }
  absent_.emplace_back(name);
  if (need == Need::must) refuse(name, "is missing");
  return nullptr;
}

std::optional<std::string> Query::read_text(std::string_view name, TextRule rule, Need need) {
  const auto* const given = find(name, need);
  if (given == nullptr) return std::nullopt;
  if (const auto unfit = unfit_text(*given, rule)) {
    refuse(name, *unfit + "; it takes " + text_accepted(rule));
    return std::nullopt;
  }
  return *given;
}

std::optional<std::int64_t> Query::read_integer(std::string_view name, std::int64_t least, std::int64_t most,
                                                Need need) {
  const auto* const given = find(name, need);
  if (given == nullptr) return std::nullopt;
  const auto number = whole_number(*given);
  if (number && *number >= least && *number <= most) return number;
  refuse(name, "is " + quoted_value(*given) + "; it takes " + whole_number_accepted(least, most));
  return std::nullopt;
}

std::optional<base::Uuid> Query::read_uuid(std::string_view name, Need need) {
  const auto* const given = find(name, need);
  if (given == nullptr) return std::nullopt;
  const auto id = base::Uuid::parse(*given);
  if (!id) refuse(name, "is " + quoted_value(*given) + "; it takes a UUID of 36 characters");
  return id;
}

std::optional<std::ptrdiff_t> Query::read_word(std::string_view name, std::span<const std::string_view> words,
                                               Need need) {
  const auto* const given = find(name, need);
  if (given == nullptr) return std::nullopt;
  const auto found = std::ranges::find(words, *given);
  if (found != words.end()) return found - words.begin();
  refuse(name, "is " + quoted_value(*given) + "; " + meant_or_listed(*given, words, "it takes", "or"));
  return std::nullopt;
}

void Query::refuse(std::string_view name, std::string_view detail) {
  problems_.push_back({parameter_pointer(name), std::string(detail)});
}

std::optional<Problem> Query::problem() const {
  auto errors = problems_;
  std::vector<std::string_view> known(absent_.begin(), absent_.end());
  for (const auto& parameter : parameters_) {
    if (parameter.is_asked) known.push_back(parameter.name);
  }
  for (const auto& parameter : parameters_) {
    if (parameter.is_asked) continue;
    const auto meant = known.empty() ? "there are no parameters here"
                                     : meant_or_listed(parameter.name, known, "it takes", "and");
    errors.push_back({parameter_pointer(parameter.name), "is not known; " + meant});
  }
  if (errors.empty()) return std::nullopt;
  Problem problem{.status = 400, .name = "query-invalid", .title = "The query is not what is taken here"};
  const auto count = errors.size();
  if (count > most_problems) errors.resize(most_problems);
  problem.detail = count == 1 ? errors.front().pointer + " " + errors.front().detail
                              : std::to_string(count) + " things are refused; 'errors' tells of " +
                                    (count > most_problems ? "the first " + std::to_string(most_problems)
                                                           : std::string("each"));
  problem.errors = std::move(errors);
  return problem;
}

std::string Query::text(std::string_view name, TextRule rule) {
  return read_text(name, rule, Need::must).value_or("");
}
std::optional<std::string> Query::optional_text(std::string_view name, TextRule rule) {
  return read_text(name, rule, Need::may);
}
std::int64_t Query::integer(std::string_view name, std::int64_t least, std::int64_t most) {
  return read_integer(name, least, most, Need::must).value_or(0);
}
std::optional<std::int64_t> Query::optional_integer(std::string_view name, std::int64_t least,
                                                    std::int64_t most) {
  return read_integer(name, least, most, Need::may);
}
std::optional<bool> Query::optional_boolean(std::string_view name) {
  return optional_one_of<bool>(name, {{"true", true}, {"false", false}});
}
base::Uuid Query::uuid(std::string_view name) { return read_uuid(name, Need::must).value_or(base::Uuid{}); }
std::optional<base::Uuid> Query::optional_uuid(std::string_view name) { return read_uuid(name, Need::may); }

}  // namespace waybill::http
