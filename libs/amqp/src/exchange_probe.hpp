#pragma once

#include <amqp.h>

#include <cstdint>
#include <optional>
#include <string>

#include "wire/frame_writer.hpp"

namespace waybill::amqp {

/// Asks the broker whether an exchange exists, one at a time, on a channel of its own: the broker answers no
/// by closing that channel, and nobody else is on it.
class ExchangeProbe {
 public:
  explicit ExchangeProbe(amqp_channel_t channel) : channel_(channel) {}

  struct Answer {
    std::string exchange;
    bool is_missing = false;
    std::string text;  ///< the broker's
  };

  bool is_asking() const { return asked_.has_value(); }
  void ask(FrameWriter& out, const std::string& exchange);
  /// Takes the frames of its channel. Only "not found" makes an exchange missing; of one that the broker
  /// would not tell about, a publish will show the truth.
  std::optional<Answer> on_frame(const amqp_frame_t& frame, FrameWriter& out);
  /// A new connection has no channel yet.
  void reset();

 private:
  amqp_channel_t channel_;
  bool is_open_ = false;
  std::optional<std::string> asked_;
};

}  // namespace waybill::amqp
