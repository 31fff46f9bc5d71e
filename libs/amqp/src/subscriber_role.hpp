#pragma once

#include <vector>

#include "arrivals.hpp"
#include "connection.hpp"
#include "rest_rule.hpp"
#include "waybill/amqp/queue_subscriber.hpp"
#include "wire/raw_delivery.hpp"

namespace waybill::amqp {

/// Takes deliveries from the broker and tells it what became of them. Runs on the connection's thread.
class SubscriberRole final : public Role {
 public:
  SubscriberRole(const SubscriberOptions& options, Arrivals& arrivals)
      : options_(options), arrivals_(arrivals), rest_rule_(options.prefetch) {}

  base::SteadyTime attend() override { return base::SteadyTime::max(); }
  void set_up(Link& link, bool new_link) override;
  void serve(Link& link) override;
  void interrupted(const Fault& fault) override;
  void say_last(Link& link) override;
  void finished() override { arrivals_.close(); }
  void on_frame(const amqp_frame_t& frame) override;

 private:
  void count(const std::vector<RawDelivery>& deliveries) const;
  Arrivals::Orders tell_settlements(Link& link, std::size_t worthwhile);
  void on_method(const amqp_method_t& method);
  void on_delivery(const amqp_basic_deliver_t& deliver);
  void on_late_frame(const amqp_frame_t& frame);
  [[noreturn]] void on_cancelled();

  const SubscriberOptions& options_;
  Arrivals& arrivals_;
  Link* link_ = nullptr;  // from set_up() on
  bool must_close_channel_ = false;
  std::uint64_t session_ = 0;      // zero: none
  std::uint64_t last_number_ = 0;  // of the session's deliveries
  DeliveryAssembler assembler_;
  RestRule rest_rule_;
  bool is_busy_ = false;  // the last turn brought deliveries
  std::vector<RawDelivery> arrived_;
  std::vector<SettlementOrder> orders_;
};

}  // namespace waybill::amqp
