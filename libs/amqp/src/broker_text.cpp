#include "broker_text.hpp"

namespace waybill::amqp {
namespace {

// What stands between two markers; the last `after` counts, since names may hold anything, quotes too.
std::optional<std::string_view> between(std::string_view text, std::string_view before,
                                        std::string_view after) {
  const auto begin = text.find(before);
  if (begin == std::string_view::npos) return std::nullopt;
  const auto rest = text.substr(begin + before.size());
  const auto end = rest.rfind(after);
  if (end == std::string_view::npos) return std::nullopt;
  return rest.substr(0, end);
}

// "the value '1' of type 'signedint'", "'1'" and "1" are all 1.
std::string plain_value(std::string_view text) {
  if (const auto value = between(text, "the value '", "' of type '")) return std::string{*value};
  if (text.size() >= 2 && text.front() == '\'' && text.back() == '\'') text = text.substr(1, text.size() - 2);
  return std::string{text};
}

}  // namespace

std::optional<std::string> exchange_in(std::string_view text) {
  const auto name = between(text, "exchange '", "' in vhost '");
  if (!name) return std::nullopt;
  return std::string{*name};
}

std::optional<InequivalentArgument> inequivalent_argument_in(std::string_view text) {
  const auto begin = text.find("inequivalent arg '");
  if (begin == std::string_view::npos) return std::nullopt;
  const auto told = text.substr(begin);
  const auto name = between(told.substr(0, told.find("' for ") + 1), "inequivalent arg '", "'");
  const auto asked = between(told, ": received ", " but current is ");
  const auto current = told.rfind(" but current is ");
  if (!name || !asked || current == std::string_view::npos) return std::nullopt;
  const auto there = told.substr(current + std::string_view{" but current is "}.size());
  return InequivalentArgument{std::string{*name}, plain_value(*asked), plain_value(there)};
}

}  // namespace waybill::amqp
