#pragma once

#include <amqp.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace waybill::bench {

/// Where a message like sample_message() goes, and what of it is its own.
struct BareMessage {
  std::string exchange{};
  std::string routing_key{};
  std::string id{};
  std::string type{};
  std::string correlation_id{};
};

/// One connection and channel 1 of plain rabbitmq-c, with nothing between it and the benchmark's loop.
class BareAmqp {
 public:
  BareAmqp();
  explicit BareAmqp(std::string url);
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
  /// The same for these messages, all of them at once.
  void publish_confirmed(std::span<const BareMessage> messages);

 private:
  void publish_confirmed(std::uint64_t count, std::uint64_t window,
                         const std::function<int(std::uint64_t)>& publish);
  amqp_frame_t wait_frame();
  void check(const char* doing);

  amqp_connection_state_t connection_;
  std::uint64_t published_ = 0;
};

}  // namespace waybill::bench
