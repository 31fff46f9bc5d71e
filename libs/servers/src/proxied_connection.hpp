#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>

#include "faulty_stream.hpp"
#include "proxy_record.hpp"

namespace waybill::servers {

/// A client's connection and the one to the target that belongs to it, with a stream each way. What it waits
/// for keeps it alive; close() ends all of that. Used on the proxy's thread only.
class ProxiedConnection : public std::enable_shared_from_this<ProxiedConnection> {
 public:
  using Tcp = boost::asio::ip::tcp;

  /// Outlives the connections.
  struct Surroundings {
    Tcp::resolver::results_type target;
    StreamFaults to_server;
    StreamFaults to_client;
    ProxyRecord& record;
    std::function<void(ProxiedConnection&)> closed;
  };

  ProxiedConnection(Tcp::socket client, Surroundings& surroundings, std::uint64_t seed);

  /// Connects to the target and then passes on; once.
  void connect();
  /// Does what is possible now, after what lasts has changed.
  void move();

  void cut_after(const fault::CutAfter& cut);
  void corrupt(const fault::CorruptByte& corruption);
  void half_close(Direction direction);
  void heal();
  /// By a fault, and counted as such before either side can see it.
  void cut(Cut how);
  void close(Cut how);

 private:
  struct Lane {
    Lane(Direction towards, Tcp::socket& sender, Tcp::socket& receiver, const StreamFaults& faults,
         std::uint64_t seed)
        : direction(towards), from(sender), to(receiver), stream(faults, seed), due(sender.get_executor()) {}

    bool over() const { return end_passed_on || receiver_gone; }

    Direction direction;
    Tcp::socket& from;
    Tcp::socket& to;
    FaultyStream stream;
    boost::asio::steady_timer due;
    bool awaits_bytes = false;
    bool awaits_room = false;
    bool from_ended = false;
    bool from_broke = false;
    bool half_closed = false;
    bool end_passed_on = false;
    bool receiver_gone = false;
    bool receiver_reset = false;
  };

  template <class Act>
  void on_lanes(Direction direction, Act act);
  void move(Lane& lane);
  void read(Lane& lane);
  void pass_on(Lane& lane);
  void settle(Lane& lane);
  bool sender_reset(const Lane& lane) const;
  void await_more(Lane& lane);
  void await_bytes(Lane& lane);
  void await_room(Lane& lane);

  Surroundings& surroundings_;
  Tcp::socket client_;
  Tcp::socket server_;
  Lane to_server_;
  Lane to_client_;
  bool connecting_ = false;
  bool connected_ = false;
  bool closed_ = false;
};

}  // namespace waybill::servers
