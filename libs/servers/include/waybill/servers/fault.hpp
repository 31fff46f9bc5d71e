#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

namespace waybill::servers {

enum class Direction { client_to_server, server_to_client, both };

/// How a connection is ended on both sides.
enum class Cut {
  reset,  ///< RST, as by a crashed machine or a firewall; what was not delivered yet is lost
  end,    ///< FIN, as when both programs had closed it in good order
};

/// Which connections a fault that counts bytes is for, and from where it counts.
enum class Connections {
  open,  ///< those that are open now, counted from now
  next,  ///< the next one to be accepted, counted from its first byte
  each,  ///< each one that is accepted from now on, counted from its first byte
};

/// What a FaultProxy can do to connections. Those that last do so until heal(), or until another of the same
/// kind takes their place; those that are armed wait for their byte until heal().
namespace fault {

/// Does nothing: a calm step of a schedule.
struct None {};

/// Lasts: nobody listens, so that connecting is refused. Connections that are open stay.
struct Refuse {};

/// Lasts: connections are accepted, and neither read from nor connected to the target before heal(). Those
/// that were open before are left alone.
struct NeverAnswer {};

/// Lasts: nothing more is read from the sender, whose buffers fill up; what was read before is delivered.
struct StopReading {
  Direction direction = Direction::both;
};

/// Lasts: what is read arrives later by `fixed` and a random share of `jitter`, in order. At most
/// FaultProxy::buffer_bytes are on the way, so a delay bounds the throughput as well.
struct Delay {
  Direction direction = Direction::both;
  std::chrono::milliseconds fixed{0};
  std::chrono::milliseconds jitter{0};
};

/// Lasts: no connection gets more than that in a direction. 0 is no limit.
struct Throttle {
  Direction direction = Direction::both;
  std::uint64_t bytes_per_second = 0;
};

/// Ends every open connection.
struct CutNow {
  Cut how = Cut::reset;
};

/// Armed: that many bytes arrive, and the next one to come ends the connection instead of arriving. With
/// both directions, whichever comes first.
struct CutAfter {
  Direction direction = Direction::both;
  std::uint64_t bytes = 0;
  Connections of = Connections::open;
  Cut how = Cut::reset;
};

/// Armed: the byte with that offset, counted from 0, arrives with all its bits inverted.
struct CorruptByte {
  Direction direction = Direction::both;
  std::uint64_t offset = 0;
  Connections of = Connections::open;
};

/// On every open connection, the receiver gets what was read and then an end (FIN), while the other direction
/// goes on. What the sender goes on to send is taken and dropped. A heal() does not undo it.
struct HalfClose {
  Direction direction = Direction::client_to_server;
};

}  // namespace fault

using Fault =
    std::variant<fault::None, fault::Refuse, fault::NeverAnswer, fault::StopReading, fault::Delay,
                 fault::Throttle, fault::CutNow, fault::CutAfter, fault::CorruptByte, fault::HalfClose>;

/// For people: "stop reading server→client".
std::string describe(const Fault& fault);

}  // namespace waybill::servers
