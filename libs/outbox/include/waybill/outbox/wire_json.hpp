#pragma once

#include <string>
#include <string_view>

#include "waybill/message/wire_message.hpp"

namespace waybill::outbox {

/// The `headers` of a row: the message's headers by name, and its properties by their names with a colon in
/// front, which no header's name of ours begins with. Id, type and payload have columns of their own.
std::string write_headers(const message::WireMessage& message);

/// Reads what write_headers() and writers in other languages make: text, whole numbers, fractions, true and
/// false; anything else becomes its JSON text, and null is left out. `json` is what the database holds, so it
/// is JSON; what is no object is no headers.
void read_headers(std::string_view json, message::WireMessage& message);

}  // namespace waybill::outbox
