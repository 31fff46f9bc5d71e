#pragma once

#include <chrono>

#include "domain/provider.hpp"
#include "waybill/inbox/handlers.hpp"

namespace shop::payment {

struct CommandOptions {
  Provider provider = decide_by_token;
  /// After how long a charge that takes its time is made.
  std::chrono::milliseconds slow_after = std::chrono::seconds{20};
};

/// What is done with the messages of payment.commands: all of a transaction at once, in a number of
/// statements that does not depend on how many there are.
waybill::inbox::Handlers command_handlers(CommandOptions options);

}  // namespace shop::payment
