#include "net/link.hpp"

#include <poll.h>

#include <algorithm>

#include "fault.hpp"
#include "wire/bytes.hpp"

namespace waybill::amqp {
namespace {

constexpr std::size_t read_bytes = 64 * 1024;

std::string name_of(amqp_method_number_t method) {
  const char* name = amqp_method_name(method);
  return name != nullptr ? name : std::to_string(method);
}

}  // namespace

Link::Link(std::unique_ptr<Transport> transport, Waiter& waiter, LinkUser& user, std::string address)
    : transport_(std::move(transport)),
      waiter_(waiter),
      user_(user),
      address_(std::move(address)),
      written_at_(base::system_clock().steady()),
      read_at_(written_at_) {}

void Link::tune(std::uint32_t frame_max_bytes, std::chrono::seconds heartbeat) {
  writer_.limit_frames(frame_max_bytes);
  reader_.limit_frames(frame_max_bytes);
  heartbeat_ = heartbeat;
  established_ = true;
  written_at_ = read_at_ = base::system_clock().steady();
}

void Link::turn(base::SteadyTime until) {
  flush();
  if (dispatch()) return;
  const bool unsent = !writer_.buffer().empty();
  const auto events = static_cast<short>(unsent ? POLLIN | POLLOUT : POLLIN);
  const auto wake_at = more_ ? base::SteadyTime{} : std::min(until, next_heartbeat());
  const short ready = waiter_.wait(transport_->descriptor(), events, wake_at);
  // An error shows in the read, after what the broker said last: its reason, if it gave one.
  if (more_ || (ready & (POLLIN | POLLHUP | POLLERR)) != 0) {
    read();
    dispatch();
  }
  if ((ready & POLLOUT) != 0) flush();
  mind_heartbeats();
}

void Link::rest(base::SteadyTime until) { waiter_.wait(-1, 0, until); }

void Link::flush() {
  auto& buffer = writer_.buffer();
  while (!buffer.empty()) {
    std::size_t taken = 0;
    try {
      taken = transport_->write(buffer.bytes());
    } catch (const ConnectionFault& fault) {
      // The broker may have said why before it ended the connection; the read will tell that, or this.
      buffer.clear();
      return;
    }
    if (taken == 0) return;
    buffer.taken(taken);
    written_at_ = base::system_clock().steady();
  }
}

// One read a turn, so that a fast broker does not keep the turn from ending.
void Link::read() {
  auto& buffer = reader_.buffer();
  const auto room = buffer.room(read_bytes);
  try {
    const std::size_t size = transport_->read(room);
    buffer.added(size);
    if (size > 0) read_at_ = base::system_clock().steady();
    more_ = size == room.size();
  } catch (const ConnectionFault& fault) {
    lost(fault.fault().trouble, fault.what());
  }
}

// Whether there was any frame. An answer that was waited for ends it: the next frame would overwrite it.
bool Link::dispatch() {
  bool any = false;
  amqp_frame_t frame{};
  try {
    while (reader_.next(frame)) {
      any = true;
      const bool is_awaited = expectation_ && expectation_->channel == frame.channel;
      if (is_awaited && meets_expectation(frame)) break;
      if (frame.channel == 0) {
        on_connection_frame(frame);
      } else if (!is_awaited) {
        user_.on_frame(frame);
      }
    }
  } catch (const ConnectionFault& fault) {
    lost(fault.fault().trouble, fault.what());
  }
  return any;
}

bool Link::meets_expectation(const amqp_frame_t& frame) {
  if (frame.frame_type != AMQP_FRAME_METHOD) return false;
  const auto& method = frame.payload.method;
  if (std::ranges::find(expectation_->methods, method.id) != expectation_->methods.end()) {
    expectation_->answer = method;
    return true;
  }
  if (frame.channel == 0 || method.id != AMQP_CHANNEL_CLOSE_METHOD) return false;
  const auto& close = *static_cast<const amqp_channel_close_t*>(method.decoded);
  amqp_channel_close_ok_t close_ok{};
  writer_.method(frame.channel, AMQP_CHANNEL_CLOSE_OK_METHOD, &close_ok);
  throw ChannelFault(close.reply_code, to_string(close.reply_text));
}

void Link::on_connection_frame(const amqp_frame_t& frame) {
  if (frame.frame_type != AMQP_FRAME_METHOD) return;
  const auto& method = frame.payload.method;
  if (method.id == AMQP_CONNECTION_BLOCKED_METHOD) {
    blocked_ = to_string(static_cast<const amqp_connection_blocked_t*>(method.decoded)->reason);
  } else if (method.id == AMQP_CONNECTION_UNBLOCKED_METHOD) {
    blocked_.reset();
  } else if (method.id == AMQP_CONNECTION_CLOSE_METHOD) {
    const auto& close = *static_cast<const amqp_connection_close_t*>(method.decoded);
    const std::string what = "the broker closed the connection: " + std::to_string(close.reply_code) + " " +
                             to_string(close.reply_text);
    amqp_connection_close_ok_t close_ok{};
    writer_.method(0, AMQP_CONNECTION_CLOSE_OK_METHOD, &close_ok);
    flush();
    throw ConnectionFault(Trouble::lost, what);
  }
}

amqp_method_t Link::expect(amqp_channel_t channel, std::initializer_list<amqp_method_number_t> methods,
                           base::Deadline deadline) {
  struct Clear {
    std::optional<Expectation>& expectation;
    ~Clear() { expectation.reset(); }
  };
  const Clear clear{expectation_};
  expectation_.emplace(Expectation{channel, methods, {}});
  while (!expectation_->answer) {
    if (deadline.passed()) {
      lost(Trouble::lost, "the broker did not send " + name_of(*methods.begin()) + " in time");
    }
    turn(std::min(deadline.when(), user_.attend()));
  }
  return *expectation_->answer;
}

amqp_method_t Link::call(amqp_channel_t channel, amqp_method_number_t method, void* decoded,
                         amqp_method_number_t answer, base::Deadline deadline) {
  writer_.method(channel, method, decoded);
  return expect(channel, {answer}, deadline);
}

void Link::close(base::Deadline deadline) {
  amqp_connection_close_t close{};
  close.reply_code = AMQP_REPLY_SUCCESS;
  close.reply_text = to_bytes("closed by its owner");
  writer_.method(0, AMQP_CONNECTION_CLOSE_METHOD, &close);
  expect(0, {AMQP_CONNECTION_CLOSE_OK_METHOD}, deadline);
}

// Two beats an interval, so that one may come late; silence is judged only after a read that found nothing.
base::SteadyTime Link::next_heartbeat() const {
  if (heartbeat_.count() == 0) return base::SteadyTime::max();
  return std::min(written_at_ + std::chrono::milliseconds{heartbeat_} / 2, read_at_ + 2 * heartbeat_);
}

void Link::mind_heartbeats() {
  if (heartbeat_.count() == 0) return;
  const auto now = base::system_clock().steady();
  if (now >= read_at_ + 2 * heartbeat_) {
    lost(Trouble::lost,
         "the broker has been silent for two heartbeats of " + std::to_string(heartbeat_.count()) + " s");
  }
  if (now < written_at_ + std::chrono::milliseconds{heartbeat_} / 2) return;
  if (writer_.buffer().empty()) writer_.heartbeat();
  written_at_ = now;
  flush();
}

void Link::lost(Trouble trouble, const std::string& what) const {
  if (trouble == Trouble::lost && !established_) trouble = Trouble::unreachable;
  throw ConnectionFault(trouble, "the connection to the broker at " + address_ + " failed: " + what);
}

}  // namespace waybill::amqp
