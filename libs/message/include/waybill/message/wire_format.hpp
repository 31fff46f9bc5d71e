#pragma once

#include <boost/system/result.hpp>
#include <string>

#include "waybill/message/envelope.hpp"
#include "waybill/message/wire_message.hpp"

namespace waybill::message {

/// Why a message cannot be read, now or ever: `field` is the wire's name of what is wrong, `problem` says
/// how.
struct Malformed {
  std::string field;
  std::string problem;
  std::string to_string() const { return field + ": " + problem; }
  friend bool operator==(const Malformed&, const Malformed&) = default;
};

template <class T>
using Readable = boost::system::result<T, Malformed>;

[[noreturn]] void throw_exception_from_error(const Malformed& malformed, const boost::source_location& where);

/// CloudEvents 1.0, binary mode, over AMQP's properties and headers. What read_envelope() reads back is what
/// was written.
WireMessage write_envelope(const Envelope& envelope);
WireMessage write_envelope(Envelope&& envelope);

/// Reads what write_envelope() and other CloudEvents producers write: the attributes' prefix may be
/// `cloudEvents_` or `cloudEvents:`. An id that is no UUIDv7 becomes a UUIDv8 of the message's time and of
/// (source, id), so that the same message always has the same id. Unknown headers become the users' own.
/// Never throws for what is in the message.
Readable<Envelope> read_envelope(const WireMessage& wire);
Readable<Envelope> read_envelope(WireMessage&& wire);

}  // namespace waybill::message
