#pragma once

#include <string>

#include "waybill/message/wire_message.hpp"

namespace waybill::bench {

/// What a command of an order's saga looks like on the wire, with a payload of 400 bytes.
message::WireMessage sample_message();

/// A queue's name that no other run uses.
std::string unique_queue(const char* benchmark);

}  // namespace waybill::bench
