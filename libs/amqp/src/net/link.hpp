#pragma once

#include <amqp.h>
#include <amqp_framing.h>

#include <chrono>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>

#include "fault.hpp"
#include "net/transport.hpp"
#include "net/waiter.hpp"
#include "waybill/base/deadline.hpp"
#include "wire/frame_reader.hpp"
#include "wire/frame_writer.hpp"

namespace waybill::amqp {

/// Whose link it is: takes the frames of the channels above 0, and is attended to while the link waits.
class LinkUser : public Attendant {
 public:
  virtual void on_frame(const amqp_frame_t& frame) = 0;
};

/// One connection's frames, both ways, without ever blocking in a write: what the socket does not take stays
/// in the buffer and goes out when it can. It beats and listens for the heart, and sees to channel 0 once it
/// is logged in. Every call throws ConnectionFault when the connection has ended, and Stopped.
class Link {
 public:
  Link(std::unique_ptr<Transport> transport, Waiter& waiter, LinkUser& user, std::string address);

  FrameWriter& out() { return writer_; }
  std::size_t unsent_bytes() { return writer_.buffer().size(); }
  void tune(std::uint32_t frame_max_bytes, std::chrono::seconds heartbeat);

  /// Writes what the socket takes now.
  void flush();
  /// Writes, sleeps until there is something or it is time, reads, and hands over the frames.
  void turn(base::SteadyTime until);
  /// Whether the last turn left something unread, perhaps.
  bool has_more() const { return more_; }
  /// Sleeps through what arrives, until it is time or the thread is woken; flush() comes first.
  void rest(base::SteadyTime until);

  /// Waits for one of these methods on a channel, and drops what else comes there; the user takes what other
  /// channels bring. The answer is valid until the next call. Throws ChannelFault when the broker closes the
  /// channel instead.
  amqp_method_t expect(amqp_channel_t channel, std::initializer_list<amqp_method_number_t> methods,
                       base::Deadline deadline);
  amqp_method_t call(amqp_channel_t channel, amqp_method_number_t method, void* decoded,
                     amqp_method_number_t answer, base::Deadline deadline);

  /// Says goodbye and waits for the answer, but no longer than the deadline.
  void close(base::Deadline deadline);

  const std::string& address() const { return address_; }
  /// Why the broker takes no publications, while it does not.
  const std::optional<std::string>& blocked() const { return blocked_; }

 private:
  /// The one answer that is waited for, while one is: on channel 0 while logging in or leaving, on another
  /// while it is set up.
  struct Expectation {
    amqp_channel_t channel = 0;
    std::initializer_list<amqp_method_number_t> methods;
    std::optional<amqp_method_t> answer;
  };
  void read();
  bool dispatch();
  bool meets_expectation(const amqp_frame_t& frame);
  void on_connection_frame(const amqp_frame_t& frame);
  void mind_heartbeats();
  base::SteadyTime next_heartbeat() const;
  [[noreturn]] void lost(Trouble trouble, const std::string& what) const;

  std::unique_ptr<Transport> transport_;
  Waiter& waiter_;
  LinkUser& user_;
  std::string address_;
  FrameWriter writer_;
  FrameReader reader_;
  std::chrono::seconds heartbeat_{0};
  base::SteadyTime written_at_;
  base::SteadyTime read_at_;
  bool more_ = false;         // the last read left something behind, perhaps
  bool established_ = false;  // logged in
  std::optional<std::string> blocked_;
  std::optional<Expectation> expectation_;
};

}  // namespace waybill::amqp
