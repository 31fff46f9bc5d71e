#include "routing.hpp"

#include <cstddef>
#include <vector>

namespace waybill::outbox {
namespace {

// A text without a dot is one word; the empty text is none, as RabbitMQ has it.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  if (text.empty()) return words;
  for (;;) {
    const auto dot = text.find('.');
    words.push_back(text.substr(0, dot));
    if (dot == std::string_view::npos) return words;
    text.remove_prefix(dot + 1);
  }
}

}  // namespace

bool matches_topic(std::string_view pattern, std::string_view routing_key) {
  const auto key = words_of(routing_key);
  // matched[n]: the pattern so far matches the first n words. In this way, patterns of many # cost no more
  // than the product of both lengths.
  std::vector<bool> matched(key.size() + 1, false);
  matched[0] = true;
  for (const auto word : words_of(pattern)) {
    std::vector<bool> next(key.size() + 1, false);
    if (word == "#") {
      bool any_before = false;
      for (std::size_t n = 0; n <= key.size(); ++n) next[n] = any_before = any_before || matched[n];
    } else {
      for (std::size_t n = 0; n < key.size(); ++n) {
        next[n + 1] = matched[n] && (word == "*" || word == key[n]);
      }
    }
    matched = std::move(next);
  }
  return matched[key.size()];
}

bool routes(const WantedBinding& binding, std::string_view routing_key) {
  switch (binding.type) {
    case ExchangeType::fanout:
      return true;
    case ExchangeType::direct:
      return binding.routing_key.value() == routing_key;
    case ExchangeType::topic:
      return matches_topic(binding.routing_key.value(), routing_key);
  }
  return false;
}

}  // namespace waybill::outbox
