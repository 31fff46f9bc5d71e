#include "exchange_probe.hpp"

#include <amqp_framing.h>

#include <utility>

#include "waybill/base/ensure.hpp"
#include "wire/bytes.hpp"

namespace waybill::amqp {

void ExchangeProbe::ask(FrameWriter& out, const std::string& exchange) {
  ENSURE(!asked_, "one question at a time");
  if (!is_open_) {
    amqp_channel_open_t open{};
    out.method(channel_, AMQP_CHANNEL_OPEN_METHOD, &open);
    is_open_ = true;
  }
  amqp_exchange_declare_t declare{};
  declare.exchange = to_bytes(exchange);
  declare.type = to_bytes("direct");  // of no meaning in a passive declare
  declare.passive = 1;
  out.method(channel_, AMQP_EXCHANGE_DECLARE_METHOD, &declare);
  asked_ = exchange;
}

std::optional<ExchangeProbe::Answer> ExchangeProbe::on_frame(const amqp_frame_t& frame, FrameWriter& out) {
  if (frame.frame_type != AMQP_FRAME_METHOD) return std::nullopt;
  const auto& method = frame.payload.method;
  if (method.id == AMQP_EXCHANGE_DECLARE_OK_METHOD && asked_) {
    return Answer{*std::exchange(asked_, std::nullopt), false, {}};
  }
  if (method.id != AMQP_CHANNEL_CLOSE_METHOD) return std::nullopt;
  const auto& close = *static_cast<const amqp_channel_close_t*>(method.decoded);
  amqp_channel_close_ok_t close_ok{};
  out.method(channel_, AMQP_CHANNEL_CLOSE_OK_METHOD, &close_ok);
  is_open_ = false;
  if (!asked_) return std::nullopt;
  return Answer{*std::exchange(asked_, std::nullopt), close.reply_code == AMQP_NOT_FOUND,
                to_string(close.reply_text)};
}

void ExchangeProbe::reset() {
  is_open_ = false;
  asked_.reset();
}

}  // namespace waybill::amqp
