#include "switchboard.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <stdexcept>
#include <string>

#include "socket_end.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::servers {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

tcp::resolver::results_type resolve(const asio::any_io_executor& executor, const runtime::HostPort& target) {
  tcp::resolver resolver(executor);
  error_code error;
  auto found = resolver.resolve(target.host, std::to_string(target.port), error);
  if (!error) return found;
  throw std::runtime_error("the fault proxy finds no address of its target '" + target.host + "' (" +
                           error.message() + "): give a name or an address that this machine can resolve");
}

template <class Socket>
void bind_to(Socket& socket, std::uint16_t port) {
  socket.open(tcp::v4());
  socket.set_option(asio::socket_base::reuse_address(true));
  socket.bind({asio::ip::address_v4::loopback(), port});
}

tcp::socket claim_port(const asio::any_io_executor& executor) {
  tcp::socket claim(executor);
  bind_to(claim, 0);
  return claim;
}

}  // namespace

Switchboard::Switchboard(const asio::any_io_executor& executor, const runtime::HostPort& target,
                         std::uint64_t seed, ProxyRecord& record)
    : claim_(claim_port(executor)),
      port_(claim_.local_endpoint().port()),
      seed_(seed),
      record_(record),
      surroundings_{resolve(executor, target),
                    {},
                    {},
                    record,
                    [this](ProxiedConnection& gone) {
                      std::erase_if(connections_, [&](const auto& one) { return one.get() == &gone; });
                    }},
      accept_again_(executor),
      step_ends_(executor) {}

void Switchboard::listen() {
  if (acceptor_) return;
  auto acceptor = std::make_shared<tcp::acceptor>(claim_.get_executor());
  try {
    bind_to(*acceptor, port_);
    acceptor->set_option(asio::socket_base::receive_buffer_size(kernel_buffer_bytes));
    acceptor->listen();
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error("the fault proxy cannot listen on 127.0.0.1:" + std::to_string(port_) + " (" +
                             error.code().message() + "): see which program has taken the port");
  }
  acceptor_ = std::move(acceptor);
  accept();
}

void Switchboard::accept() {
  // What was posted for an acceptor may run after another has taken its place.
  acceptor_->async_accept([this, on = acceptor_](const error_code& error, tcp::socket client) {
    if (acceptor_ != on) return end(client, Cut::reset);
    if (!error) {
      take_in(std::move(client));
      return accept();
    }
    // Most likely the process is out of descriptors; it may have some again in a moment.
    accept_again_.expires_after(std::chrono::milliseconds{10});
    accept_again_.async_wait([this, on](const error_code& cancelled) {
      if (!cancelled && acceptor_ == on) accept();
    });
  });
}

void Switchboard::stop_listening() {
  if (!acceptor_) return;
  accept_again_.cancel();
  acceptor_->close();
  acceptor_.reset();
}

void Switchboard::take_in(tcp::socket client) {
  // An odd factor keeps the seeds of one proxy's connections apart from those of its neighbours'.
  const auto seed = seed_ * 0x9E3779B97F4A7C15ULL + connection_count_++;
  auto connection = std::make_shared<ProxiedConnection>(std::move(client), surroundings_, seed);
  connections_.push_back(connection);
  record_.accepted();
  for (const auto* faults : {&for_each_, &for_next_}) {
    for (const auto& fault : *faults) {
      if (const auto* cut = std::get_if<fault::CutAfter>(&fault)) connection->cut_after(*cut);
      if (const auto* corruption = std::get_if<fault::CorruptByte>(&fault)) connection->corrupt(*corruption);
    }
  }
  for_next_.clear();
  if (answers_) connection->connect();
}

void Switchboard::inject(const Fault& fault) {
  std::visit([this](const auto& one) { apply(one); }, fault);
}

void Switchboard::apply(const fault::Refuse&) { stop_listening(); }

void Switchboard::apply(const fault::NeverAnswer&) { answers_ = false; }

void Switchboard::apply(const fault::StopReading& stop) {
  on_streams(stop.direction, [](StreamFaults& faults) { faults.stopped = true; });
}

void Switchboard::apply(const fault::Delay& delay) {
  ENSURE(delay.fixed.count() >= 0 && delay.jitter.count() >= 0, "a delay into the past");
  on_streams(delay.direction, [&](StreamFaults& faults) {
    faults.delay = delay.fixed;
    faults.jitter = delay.jitter;
  });
}

void Switchboard::apply(const fault::Throttle& throttle) {
  on_streams(throttle.direction,
             [&](StreamFaults& faults) { faults.bytes_per_second = throttle.bytes_per_second; });
}

void Switchboard::apply(const fault::CutNow& cut) {
  on_connections([&](ProxiedConnection& one) { one.cut(cut.how); });
}

void Switchboard::apply(const fault::CutAfter& cut) {
  if (cut.of != Connections::open) return arm(cut);
  on_connections([&](ProxiedConnection& one) { one.cut_after(cut); });
}

void Switchboard::apply(const fault::CorruptByte& corruption) {
  if (corruption.of != Connections::open) return arm(corruption);
  on_connections([&](ProxiedConnection& one) { one.corrupt(corruption); });
}

void Switchboard::apply(const fault::HalfClose& half) {
  on_connections([&](ProxiedConnection& one) { one.half_close(half.direction); });
}

template <class Armed>
void Switchboard::arm(const Armed& fault) {
  (fault.of == Connections::next ? for_next_ : for_each_).push_back(fault);
}

template <class Act>
void Switchboard::on_streams(Direction direction, Act act) {
  if (direction != Direction::server_to_client) act(surroundings_.to_server);
  if (direction != Direction::client_to_server) act(surroundings_.to_client);
  on_connections([](ProxiedConnection& one) { one.move(); });
}

/// On a copy, since one that is closed leaves the list.
template <class Act>
void Switchboard::on_connections(Act act) {
  for (const auto& one : std::vector(connections_)) act(*one);
}

void Switchboard::heal() {
  end_schedule();
  heal_all();
}

void Switchboard::heal_all() {
  surroundings_.to_server = {};
  surroundings_.to_client = {};
  for_next_.clear();
  for_each_.clear();
  answers_ = true;
  on_connections([](ProxiedConnection& one) { one.heal(); });
  listen();
}

void Switchboard::play(const FaultSchedule& schedule) {
  end_schedule();
  schedule_ = std::make_shared<Schedule>(Schedule{schedule.steps()});
  record_.playing(true);
  next_step();
}

void Switchboard::end_schedule() {
  step_ends_.cancel();
  schedule_.reset();
  record_.playing(false);
}

void Switchboard::next_step() {
  heal_all();
  if (schedule_->next == schedule_->steps.size()) return end_schedule();
  const auto& step = schedule_->steps[schedule_->next++];
  inject(step.fault);
  step_ends_.expires_after(step.lasts);
  // What was posted for a schedule may run after another has taken its place.
  step_ends_.async_wait([this, of = schedule_](const error_code& cancelled) {
    if (!cancelled && schedule_ == of) next_step();
  });
}

void Switchboard::close() {
  end_schedule();
  stop_listening();
  claim_.close();
  on_connections([](ProxiedConnection& one) { one.close(Cut::reset); });
}

}  // namespace waybill::servers
