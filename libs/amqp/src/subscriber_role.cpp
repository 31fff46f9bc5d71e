#include "subscriber_role.hpp"

#include <algorithm>
#include <utility>

#include "channel_calls.hpp"
#include "wire/bytes.hpp"

namespace waybill::amqp {
namespace {

constexpr amqp_channel_t consuming_channel = 1;

void tell(FrameWriter& out, const SettlementOrder& order) {
  if (order.settlement == message::Settlement::ack) {
    amqp_basic_ack_t ack{order.number, order.multiple ? 1 : 0};
    out.method(consuming_channel, AMQP_BASIC_ACK_METHOD, &ack);
    return;
  }
  const bool requeue = order.settlement == message::Settlement::requeue;
  amqp_basic_nack_t nack{order.number, order.multiple ? 1 : 0, requeue ? 1 : 0};
  out.method(consuming_channel, AMQP_BASIC_NACK_METHOD, &nack);
}

}  // namespace

void SubscriberRole::set_up(Link& link, bool new_link) {
  link_ = &link;
  assembler_ = {};
  ChannelCalls calls(link, consuming_channel, options_.connection.answer_timeout);
  if (std::exchange(must_close_channel_, false) && !new_link) calls.close();
  calls.open();
  if (options_.topology) calls.require(*options_.topology);
  calls.limit_prefetch(options_.prefetch);
  session_ = arrivals_.begin_session();
  last_number_ = 0;
  try {
    calls.consume(options_.queue);
  } catch (const ChannelFault& fault) {
    const bool missing = fault.code() == AMQP_NOT_FOUND;
    const std::string advice =
        missing ? "declare it, or correct its name" : "see to the cause; it is tried again";
    throw ChannelFault(missing ? Trouble::topology : Trouble::channel, fault.code(), fault.text(),
                       "queue '" + options_.queue.value() + "' at " + link.address() +
                           " cannot be consumed from: " + std::to_string(fault.code()) + " " + fault.text() +
                           "; " + advice);
  }
}

// One ack for many costs the broker about as much as one for one. While more keeps coming, a few settlements
// are held back for that; as soon as nothing comes, all are told.
void SubscriberRole::serve(Link& link) {
  const std::size_t worthwhile = is_busy_ ? std::max<std::size_t>(1, options_.prefetch / 8U) : 1;
  const auto orders = tell_settlements(link, worthwhile);
  link.turn(orders == Arrivals::Orders::none ? base::SteadyTime::max() : base::SteadyTime{});
  const std::size_t burst = arrived_.size();
  is_busy_ = burst > 0;
  count(arrived_);
  arrivals_.add(arrived_);
  const auto now = base::system_clock().steady();
  const auto until = rest_rule_.rest_until(burst, link.has_more(), now);
  if (until > now) link.rest(until);
}

void SubscriberRole::count(const std::vector<RawDelivery>& deliveries) const {
  if (deliveries.empty()) return;
  const auto again = std::ranges::count_if(deliveries, &RawDelivery::redelivered);
  options_.probe.delivered(deliveries.size(), static_cast<std::size_t>(again));
}

Arrivals::Orders SubscriberRole::tell_settlements(Link& link, std::size_t worthwhile) {
  const auto result = arrivals_.take_orders(worthwhile, orders_);
  for (const auto& order : orders_) tell(link.out(), order);
  orders_.clear();
  return result;
}

void SubscriberRole::on_frame(const amqp_frame_t& frame) {
  if (frame.channel != consuming_channel) return;
  if (session_ == 0) return on_late_frame(frame);
  if (frame.frame_type == AMQP_FRAME_METHOD) return on_method(frame.payload.method);
  const bool is_complete =
      frame.frame_type == AMQP_FRAME_HEADER ? assembler_.header(frame) : assembler_.body(frame);
  if (is_complete) arrived_.push_back(assembler_.take());
}

void SubscriberRole::on_method(const amqp_method_t& method) {
  if (method.id == AMQP_BASIC_DELIVER_METHOD) {
    on_delivery(*static_cast<const amqp_basic_deliver_t*>(method.decoded));
  } else if (method.id == AMQP_BASIC_CANCEL_METHOD) {
    on_cancelled();
  } else if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
    const auto& close = *static_cast<const amqp_channel_close_t*>(method.decoded);
    amqp_channel_close_ok_t close_ok{};
    link_->out().method(consuming_channel, AMQP_CHANNEL_CLOSE_OK_METHOD, &close_ok);
    throw ChannelFault(close.reply_code, to_string(close.reply_text));
  }
}

// A number that comes twice would settle the wrong message.
void SubscriberRole::on_delivery(const amqp_basic_deliver_t& deliver) {
  if (deliver.delivery_tag <= std::exchange(last_number_, deliver.delivery_tag)) {
    throw ConnectionFault(Trouble::lost, "the broker gave a delivery the number " +
                                             std::to_string(deliver.delivery_tag) + " out of order");
  }
  assembler_.begin(deliver, session_);
}

// A channel whose consumer was cancelled waits to be closed, and the broker may be the first to do so.
void SubscriberRole::on_late_frame(const amqp_frame_t& frame) {
  if (frame.frame_type != AMQP_FRAME_METHOD || frame.payload.method.id != AMQP_CHANNEL_CLOSE_METHOD) return;
  amqp_channel_close_ok_t close_ok{};
  link_->out().method(consuming_channel, AMQP_CHANNEL_CLOSE_OK_METHOD, &close_ok);
  must_close_channel_ = false;
}

// The channel stays, with deliveries that may still be settled; but what they belong to is gone, so it is
// made anew.
void SubscriberRole::on_cancelled() {
  must_close_channel_ = true;
  throw ChannelFault(Trouble::channel, 0, {},
                     "the broker cancelled the consumer of queue '" + options_.queue.value() + "' at " +
                         link_->address() + ": the queue was deleted, or its leader is moving");
}

void SubscriberRole::interrupted(const Fault&) {
  session_ = 0;
  arrived_.clear();
  arrivals_.end_session();
}

void SubscriberRole::say_last(Link& link) { tell_settlements(link, 1); }

}  // namespace waybill::amqp
