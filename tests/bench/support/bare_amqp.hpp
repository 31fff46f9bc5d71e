#pragma once

#include <amqp.h>

#include <cstdint>
#include <string>

namespace waybill::bench {

/// One connection and channel 1 of plain rabbitmq-c, with nothing between it and the benchmark's loop.
class BareAmqp {
 public:
  BareAmqp();
  ~BareAmqp();
  BareAmqp(const BareAmqp&) = delete;
  BareAmqp& operator=(const BareAmqp&) = delete;

  amqp_connection_state_t get() const { return connection_; }

  void declare_quorum_queue(const std::string& name);
  void delete_queue(const std::string& name);
  void confirm_mode();
  void consume(const std::string& queue, std::uint16_t prefetch);

  /// Publishes `count` messages like sample_message() to the queue, through the default exchange, mandatory
  /// and persistent, with at most `window` unconfirmed; comes back when all are confirmed.
  void publish_confirmed(const std::string& queue, int count, int window);

 private:
  amqp_frame_t wait_frame();
  void check(const char* doing);

  amqp_connection_state_t connection_;
  std::uint64_t published_ = 0;
};

}  // namespace waybill::bench
