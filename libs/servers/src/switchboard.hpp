#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "proxied_connection.hpp"
#include "waybill/runtime/host_port.hpp"

namespace waybill::servers {

/// Accepts connections, and does to them what it is told. Used on the proxy's thread only, but for the
/// constructor, port(), and a destructor that comes after close().
class Switchboard {
 public:
  Switchboard(const boost::asio::any_io_executor& executor, const runtime::HostPort& target,
              std::uint64_t seed, ProxyRecord& record);

  std::uint16_t port() const { return port_; }

  void listen();
  /// Ends a schedule and heals.
  void heal();
  void inject(const Fault& fault);
  void play(const FaultSchedule& schedule);
  /// Resets everything, after which nothing of it is left to wait for.
  void close();

 private:
  using Tcp = boost::asio::ip::tcp;

  struct Schedule {
    std::vector<FaultSchedule::Step> steps;
    std::size_t next = 0;
  };

  void apply(const fault::None&) {}
  void apply(const fault::Refuse&);
  void apply(const fault::NeverAnswer&);
  void apply(const fault::StopReading& stop);
  void apply(const fault::Delay& delay);
  void apply(const fault::Throttle& throttle);
  void apply(const fault::CutNow& cut);
  void apply(const fault::CutAfter& cut);
  void apply(const fault::CorruptByte& corruption);
  void apply(const fault::HalfClose& half);

  template <class Armed>
  void arm(const Armed& fault);
  template <class Act>
  void on_streams(Direction direction, Act act);
  template <class Act>
  void on_connections(Act act);
  void accept();
  void stop_listening();
  void take_in(Tcp::socket client);
  void heal_all();
  void end_schedule();
  void next_step();

  // Holds the port while nobody listens on it.
  Tcp::socket claim_;
  std::uint16_t port_ = 0;
  std::uint64_t seed_;
  ProxyRecord& record_;
  ProxiedConnection::Surroundings surroundings_;
  std::shared_ptr<Tcp::acceptor> acceptor_;
  boost::asio::steady_timer accept_again_;
  std::vector<std::shared_ptr<ProxiedConnection>> connections_;
  std::uint64_t connection_count_ = 0;
  bool answers_ = true;
  std::vector<Fault> for_next_;
  std::vector<Fault> for_each_;
  std::shared_ptr<Schedule> schedule_;
  boost::asio::steady_timer step_ends_;
};

}  // namespace waybill::servers
