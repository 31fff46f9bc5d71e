#pragma once

#include <span>
#include <string>
#include <string_view>

#include "waybill/message/envelope.hpp"
#include "waybill/saga/advance.hpp"
#include "waybill/saga/input.hpp"
#include "waybill/saga/journal.hpp"

namespace waybill::saga {

namespace store {
struct Line;
}

// What stands in the columns `input` and `sent` of the journal.

std::string json_of_begin(std::string_view key, const AnyData& data);
/// `payload` is JSON, or empty.
std::string json_of(const input::Answer& answer, const message::Envelope& envelope, std::string_view payload);
std::string json_of(const input::Cancel& cancel);
std::string json_of(const input::Operate& operate);
std::string json_of(const input::Due&);
std::string json_of(const Plan& plan, std::span<const Sent> sent);

/// Throws std::runtime_error for what none of these has written.
JournalEntry read_line(const store::Line& line);

}  // namespace waybill::saga
