#include "publisher_role.hpp"

#include <algorithm>
#include <chrono>
#include <functional>

#include "broker_text.hpp"
#include "channel_calls.hpp"
#include "wire/bytes.hpp"

namespace waybill::amqp {
namespace {

constexpr amqp_channel_t publish_channel = 1;
constexpr amqp_channel_t probe_channel = 2;
// Enough for many messages in one write; what the socket does not take of it waits, and so do those behind.
constexpr std::size_t write_bytes = 64 * 1024;
// For so long an exchange that is missing is not asked for again, and one that must not be published to not
// tried again.
constexpr std::chrono::seconds missing_time{1};
constexpr std::chrono::seconds forbidden_time{30};

std::size_t hash_of(const std::string& exchange) { return std::hash<std::string>{}(exchange); }

message::Returned unusable(std::uint16_t code, const std::string& text) {
  const char* advice = code == AMQP_NOT_FOUND
                           ? "; declare the exchange, or correct its name"
                           : "; give the user the right to write to it: rabbitmqctl set_permissions";
  return {code, text + advice};
}

}  // namespace

PublisherRole::PublisherRole(const PublisherOptions& options, HandOver& hand_over)
    : options_(options), hand_over_(hand_over), ledger_(options.window), probe_(probe_channel) {}

base::SteadyTime PublisherRole::attend() {
  const bool took = hand_over_.take(line_.take_left_count(), arrived_, told_);
  line_.append(arrived_);
  now_ = base::system_clock().steady();
  line_.expire(now_, told_);
  ledger_.expire(now_);
  tell(told_);
  tell(ledger_.ended());
  return took ? now_ : std::min(line_.next_deadline(), ledger_.next_deadline());
}

// An outcome may make its owner publish the next message, so what is told is set apart first.
void PublisherRole::tell(std::vector<Ended>& ended) {
  if (ended.empty()) return;
  std::vector<Ended> telling;
  telling.swap(ended);
  const auto now = base::system_clock().steady();
  for (auto& each : telling) {
    options_.probe.ended(each.outcome);
    if (is_confirmed(each.outcome)) options_.probe.confirmed_after(now - each.sent_at);
    each.done(std::move(each.outcome));
  }
  telling.clear();
  if (ended.empty()) ended.swap(telling);
}

void PublisherRole::set_up(Link& link, bool new_link) {
  link_ = &link;
  return_awaits_header_ = false;
  if (new_link) {
    exchanges_.forget_all();
    probe_.reset();
  }
  ChannelCalls calls(link, publish_channel, options_.connection.answer_timeout);
  calls.open();
  if (options_.topology) calls.require(*options_.topology);
  calls.select_confirms();
}

void PublisherRole::serve(Link& link) {
  auto next = attend();
  send_waiting(link);
  tell(told_);
  // Who waits for the room that has been made must hear of it before this thread sleeps.
  if (line_.has_left()) next = attend();
  options_.probe.under_way(ledger_.open());
  options_.probe.waiting(line_.size());
  link.turn(next);
  tell(ledger_.ended());
}

void PublisherRole::send_waiting(Link& link) {
  while (!ledger_.full() && !link.blocked()) {
    auto* item = line_.front();
    if (item == nullptr || !may_send(*item, link.out())) return;
    if (link.unsent_bytes() >= write_bytes) link.flush();
    if (link.unsent_bytes() >= write_bytes) return;
    send(*item, link);
    line_.pop();
  }
}

// False: the answer about its exchange is still to come. Those behind wait too, for the order's sake.
bool PublisherRole::may_send(const Unsent& item, FrameWriter& out) {
  const auto& exchange = item.publication.to.exchange.value();
  switch (exchanges_.standing(exchange, base::system_clock().steady())) {
    case ExchangeRegister::Standing::usable:
    case ExchangeRegister::Standing::unusable:
      return true;
    case ExchangeRegister::Standing::unknown:
      break;
  }
  if (!probe_.is_asking()) probe_.ask(out, exchange);
  return false;
}

void PublisherRole::send(Unsent& item, Link& link) {
  const auto& exchange = item.publication.to.exchange.value();
  if (exchanges_.standing(exchange, {}) == ExchangeRegister::Standing::unusable) {
    told_.push_back({std::move(item.done), exchanges_.reason(exchange)});
  } else if (content_.write(link.out(), publish_channel, item.publication, ledger_.next_number())) {
    ledger_.add(hash_of(exchange), item.deadline, std::move(item.done), now_);
  } else {
    told_.push_back(
        {std::move(item.done),
         message::Unknown{"its headers and properties do not fit into one frame of the connection; carry "
                          "less in headers, or raise frame_max here and in the broker",
                          false}});
  }
}

void PublisherRole::on_frame(const amqp_frame_t& frame) {
  if (frame.channel == publish_channel) on_publish_frame(frame);
  if (frame.channel == probe_channel) on_probe_frame(frame);
}

void PublisherRole::on_publish_frame(const amqp_frame_t& frame) {
  if (frame.frame_type == AMQP_FRAME_HEADER) return on_returned(frame);
  if (frame.frame_type != AMQP_FRAME_METHOD) return;
  const void* decoded = frame.payload.method.decoded;
  switch (frame.payload.method.id) {
    case AMQP_BASIC_ACK_METHOD: {
      const auto& ack = *static_cast<const amqp_basic_ack_t*>(decoded);
      return on_confirm(ledger_.acked(ack.delivery_tag, ack.multiple != 0));
    }
    case AMQP_BASIC_NACK_METHOD: {
      const auto& nack = *static_cast<const amqp_basic_nack_t*>(decoded);
      return on_confirm(ledger_.nacked(nack.delivery_tag, nack.multiple != 0));
    }
    case AMQP_BASIC_RETURN_METHOD: {
      const auto& returned = *static_cast<const amqp_basic_return_t*>(decoded);
      return_ = {returned.reply_code, to_string(returned.reply_text)};
      return_awaits_header_ = true;
      return;
    }
    case AMQP_CHANNEL_CLOSE_METHOD:
      on_channel_closed(*static_cast<const amqp_channel_close_t*>(decoded));
    default:
      return;
  }
}

void PublisherRole::on_confirm(bool known) {
  if (!known) throw ConnectionFault(Trouble::lost, "the broker confirmed a publish that was not made");
}

// Without its number, a return cannot be told from its neighbours'; then nothing on this connection can be
// trusted.
void PublisherRole::on_returned(const amqp_frame_t& frame) {
  const auto& properties = *static_cast<const amqp_basic_properties_t*>(frame.payload.properties.decoded);
  const bool has_headers = (properties._flags & AMQP_BASIC_HEADERS_FLAG) != 0;
  const auto number = has_headers ? find_integer(properties.headers, publish_number_header, 0) : 0;
  if (!std::exchange(return_awaits_header_, false) || !ledger_.returned(number, std::move(return_))) {
    throw ConnectionFault(Trouble::lost, "the broker returned a message that was not published here");
  }
}

void PublisherRole::on_channel_closed(const amqp_channel_close_t& close) {
  amqp_channel_close_ok_t close_ok{};
  link_->out().method(publish_channel, AMQP_CHANNEL_CLOSE_OK_METHOD, &close_ok);
  const std::string text = to_string(close.reply_text);
  const auto exchange = exchange_in(text);
  const bool by_publish = close.class_id == AMQP_BASIC_CLASS &&
                          (close.reply_code == AMQP_NOT_FOUND || close.reply_code == AMQP_ACCESS_REFUSED);
  if (by_publish && exchange) {
    const auto reason = unusable(close.reply_code, text);
    const auto time = close.reply_code == AMQP_NOT_FOUND ? missing_time : forbidden_time;
    ledger_.exchange_failed(hash_of(*exchange), reason);
    exchanges_.set_unusable(*exchange, reason, base::system_clock().steady() + time);
  }
  throw ChannelFault(close.reply_code, text);
}

void PublisherRole::on_probe_frame(const amqp_frame_t& frame) {
  const auto answer = probe_.on_frame(frame, link_->out());
  if (!answer) return;
  if (answer->is_missing) {
    exchanges_.set_unusable(answer->exchange, unusable(AMQP_NOT_FOUND, answer->text),
                            base::system_clock().steady() + missing_time);
  } else {
    exchanges_.set_usable(answer->exchange);
  }
}

void PublisherRole::interrupted(const Fault& fault) {
  return_awaits_header_ = false;
  options_.probe.under_way(0);
  ledger_.interrupted("the broker had not confirmed it when its channel ended: " + fault.what);
  tell(ledger_.ended());
}

void PublisherRole::finished() {
  attend();
  line_.end_all(message::Unknown{"the publisher was closed before it was sent", false}, told_);
  options_.probe.waiting(0);
  tell(told_);
}

}  // namespace waybill::amqp
