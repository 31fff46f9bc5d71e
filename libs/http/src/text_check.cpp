#include "text_check.hpp"

#include "characters.hpp"

namespace waybill::http {

std::optional<std::string> unfit_text(std::string_view text, const TextRule& rule) {
  // Bytes are at least as many as characters, and at most four times as many.
  const bool may_be_wrong = text.size() > rule.max || text.size() < rule.min * 4;
  if (may_be_wrong) {
    const auto count = character_count(text);
    if (count == 0 && rule.min > 0) return "is empty";
    if (count < rule.min || count > rule.max) {
      return "has " + std::to_string(count) + (count == 1 ? " character" : " characters");
    }
  }
  const auto at = control_character_at(text, rule.lines ? LineBreaks::allowed : LineBreaks::refused);
  if (at == std::string_view::npos) return std::nullopt;
  return "has a control character as its character " +
         std::to_string(character_count(text.substr(0, at)) + 1);
}

std::string text_accepted(const TextRule& rule) {
  return "a text of " + counted(rule.min, rule.max, "characters") +
         (rule.lines ? ", without control characters but line breaks and tabs" : "");
}

std::string counted(std::size_t min, std::size_t max, std::string_view of) {
  std::string text = min == max ? std::to_string(max)
                     : min == 0 ? "up to " + std::to_string(max)
                                : std::to_string(min) + " to " + std::to_string(max);
  return text.append(" ").append(of);
}

}  // namespace waybill::http
