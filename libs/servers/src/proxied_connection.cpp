#include "proxied_connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/error.hpp>

#include "socket_end.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::servers {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

base::SteadyTime now() { return base::system_clock().steady(); }

}  // namespace

ProxiedConnection::ProxiedConnection(Tcp::socket client, Surroundings& surroundings, std::uint64_t seed)
    : surroundings_(surroundings),
      client_(std::move(client)),
      server_(client_.get_executor()),
      to_server_(Direction::client_to_server, client_, server_, surroundings.to_server, 2 * seed),
      to_client_(Direction::server_to_client, server_, client_, surroundings.to_client, 2 * seed + 1) {
  set_proxy_options(client_);
}

void ProxiedConnection::connect() {
  if (connecting_ || closed_) return;
  connecting_ = true;
  asio::async_connect(server_, surroundings_.target,
                      [self = shared_from_this()](const error_code& error, const Tcp::endpoint&) {
                        if (self->closed_) return;
                        if (error) return self->close(Cut::reset);
                        self->connected_ = true;
                        set_proxy_options(self->server_);
                        self->move();
                      });
}

template <class Act>
void ProxiedConnection::on_lanes(Direction direction, Act act) {
  if (direction != Direction::server_to_client) act(to_server_);
  if (direction != Direction::client_to_server) act(to_client_);
}

void ProxiedConnection::move() {
  on_lanes(Direction::both, [this](Lane& lane) { move(lane); });
}

void ProxiedConnection::cut_after(const fault::CutAfter& cut) {
  on_lanes(cut.direction, [&](Lane& lane) { lane.stream.cut_after(cut.bytes, cut.how); });
}

void ProxiedConnection::corrupt(const fault::CorruptByte& corruption) {
  on_lanes(corruption.direction, [&](Lane& lane) { lane.stream.corrupt(corruption.offset); });
}

void ProxiedConnection::half_close(Direction direction) {
  on_lanes(direction, [](Lane& lane) {
    lane.half_closed = true;
    lane.stream.drop_what_comes();
  });
  move();
}

void ProxiedConnection::heal() {
  on_lanes(Direction::both, [](Lane& lane) { lane.stream.heal(); });
  connect();
  move();
}

void ProxiedConnection::cut(Cut how) {
  if (closed_) return;
  surroundings_.record.cut();
  close(how);
}

void ProxiedConnection::close(Cut how) {
  if (closed_) return;
  closed_ = true;
  const auto self = shared_from_this();
  end(client_, how);
  end(server_, how);
  on_lanes(Direction::both, [](Lane& lane) { lane.due.cancel(); });
  surroundings_.record.closed();
  surroundings_.closed(*this);
}

void ProxiedConnection::move(Lane& lane) {
  if (closed_ || !connected_) return;
  read(lane);
  pass_on(lane);
  settle(lane);
  if (!closed_) await_more(lane);
}

void ProxiedConnection::read(Lane& lane) {
  if (lane.from_ended || lane.stream.wanted() == 0) return;
  std::array<char, 16 * 1024> bytes;
  error_code error;
  const auto count =
      lane.from.read_some(asio::buffer(bytes, std::min(bytes.size(), lane.stream.wanted())), error);
  if (error == asio::error::would_block) return;
  if (!error) return lane.stream.take({bytes.data(), count}, now());
  lane.from_ended = true;
  lane.from_broke = error != asio::error::eof;
}

void ProxiedConnection::pass_on(Lane& lane) {
  while (!lane.awaits_room) {
    const auto bytes = lane.stream.ready(now());
    if (bytes.empty()) return;
    error_code error;
    const auto count = lane.to.write_some(asio::buffer(bytes), error);
    if (error == asio::error::would_block) return await_room(lane);
    if (error) {
      // What the receiver sent before it went is still to be read in the other lane. This one's sender goes
      // on being read, since it may have to finish writing before it reads that.
      lane.receiver_gone = true;
      lane.receiver_reset = error == asio::error::connection_reset;
      return lane.stream.drop_everything();
    }
    lane.stream.passed(count, now());
    surroundings_.record.passed(lane.direction, count);
  }
}

/// Passes on how the stream ends, once all that was before it has been passed on.
void ProxiedConnection::settle(Lane& lane) {
  if (!lane.stream.empty()) return;
  if (const auto how = lane.stream.cut_due()) return cut(*how);
  if (sender_reset(lane)) return close(Cut::reset);
  if ((lane.from_ended || lane.half_closed) && !lane.over()) {
    error_code ignored;
    lane.to.shutdown(Tcp::socket::shutdown_send, ignored);
    lane.end_passed_on = true;
  }
  if (!to_server_.over() || !to_client_.over()) return;
  close(to_server_.receiver_gone || to_client_.receiver_gone ? Cut::reset : Cut::end);
}

/// The kernel tells of a reset once; when writing was told, reading sees a mere end.
bool ProxiedConnection::sender_reset(const Lane& lane) const {
  const Lane& other = &lane == &to_server_ ? to_client_ : to_server_;
  return lane.from_broke || (lane.from_ended && other.receiver_reset);
}

void ProxiedConnection::await_more(Lane& lane) {
  if (!lane.from_ended && lane.stream.wanted() > 0) await_bytes(lane);
  const auto when = lane.stream.next_ready();
  if (lane.awaits_room || !when) return;
  lane.due.expires_at(*when);
  lane.due.async_wait([self = shared_from_this(), &lane](const error_code& error) {
    if (!error) self->move(lane);
  });
}

void ProxiedConnection::await_bytes(Lane& lane) {
  if (lane.awaits_bytes) return;
  lane.awaits_bytes = true;
  lane.from.async_wait(Tcp::socket::wait_read, [self = shared_from_this(), &lane](const error_code&) {
    lane.awaits_bytes = false;
    self->move(lane);
  });
}

void ProxiedConnection::await_room(Lane& lane) {
  lane.awaits_room = true;
  lane.to.async_wait(Tcp::socket::wait_write, [self = shared_from_this(), &lane](const error_code&) {
    lane.awaits_room = false;
    self->move(lane);
  });
}

}  // namespace waybill::servers
