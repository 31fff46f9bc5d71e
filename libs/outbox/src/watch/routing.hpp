#pragma once

#include <string_view>

#include "waybill/outbox/binding_watch.hpp"

namespace waybill::outbox {

/// Whether a topic exchange sends a message with this routing key by a binding with this pattern: `*` stands
/// for one word, `#` for any number of words, none too; words are separated by dots, and may be empty.
bool matches_topic(std::string_view pattern, std::string_view routing_key);

/// Whether an exchange sends a message with this routing key by this binding.
bool routes(const WantedBinding& binding, std::string_view routing_key);

}  // namespace waybill::outbox
