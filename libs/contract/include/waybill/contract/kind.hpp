#pragma once

#include <string_view>

namespace waybill::contract {

/// What a message is for, as its contract says by the option waybill.v1.kind.
enum class Kind {
  command,  ///< asks one service to do something
  event,    ///< tells whoever listens what has happened
  reply,    ///< answers a command that was carried out
  refusal,  ///< answers a command that was not carried out, and why
};

std::string_view to_string(Kind kind);

}  // namespace waybill::contract
