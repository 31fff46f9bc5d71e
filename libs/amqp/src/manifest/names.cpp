#include "manifest/names.hpp"

#include <algorithm>

#include "manifest/queue_derivation.hpp"

namespace waybill::amqp {
namespace {

using Flaw = std::optional<std::string>;

constexpr std::size_t most_bytes = 255;
constexpr std::string_view reserved_beginning = "amq.";
constexpr std::string_view wildcards = "*#";

// What the AMQP specification lets names consist of; RabbitMQ takes more, and tools stumble over it.
bool is_of_a_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || c == ':';
}

Flaw flaw_of_length(std::string_view text) {
  if (text.empty()) return "is empty; write one";
  if (text.size() <= most_bytes) return {};
  return "has " + std::to_string(text.size()) + " bytes, and AMQP allows 255; shorten it";
}

Flaw flaw_of_broker_name(std::string_view name) {
  if (auto flaw = flaw_of_name(name)) return flaw;
  if (name.starts_with(reserved_beginning)) {
    return "begins with 'amq.', which the broker keeps for its own; call it otherwise";
  }
  return {};
}

}  // namespace

Flaw flaw_of_name(std::string_view name) {
  if (auto flaw = flaw_of_length(name)) return flaw;
  if (!std::ranges::all_of(name, is_of_a_name)) {
    return "has other characters than names in AMQP are made of; use letters, digits, '-', '_', '.' and ':'";
  }
  return {};
}

Flaw flaw_of_exchange_name(std::string_view name) { return flaw_of_broker_name(name); }

Flaw flaw_of_queue_name(std::string_view name) {
  if (name.ends_with(dead_letter_ending)) {
    return "ends in '.dlq', as the dead-letter queue does that every queue has without being asked for; "
           "remove it, or call it otherwise";
  }
  if (name.size() <= most_bytes && name.size() + dead_letter_ending.size() > most_bytes) {
    return "has " + std::to_string(name.size()) +
           " bytes, and that of its dead-letter queue would not fit into AMQP's 255; shorten it to 251";
  }
  return flaw_of_broker_name(name);
}

Flaw flaw_of_key(std::string_view key) {
  if (auto flaw = flaw_of_length(key)) return flaw;
  if (key.find_first_of(wildcards) != std::string_view::npos) {
    return "has a wildcard, and a direct exchange compares keys letter by letter; write the key itself, or "
           "make the exchange a topic";
  }
  return {};
}

Flaw flaw_of_pattern(std::string_view pattern) {
  if (auto flaw = flaw_of_length(pattern)) return flaw;
  for (std::size_t begin = 0; begin <= pattern.size();) {
    const auto end = std::min(pattern.find('.', begin), pattern.size());
    const auto word = pattern.substr(begin, end - begin);
    if (word.size() > 1 && word.find_first_of(wildcards) != std::string_view::npos) {
      return "has a wildcard within a word, where it stands for itself; write * or # as a word of its own, "
             "between dots";
    }
    begin = end + 1;
  }
  return {};
}

}  // namespace waybill::amqp
