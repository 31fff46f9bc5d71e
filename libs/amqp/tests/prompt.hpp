#pragma once

#include <chrono>
#include <functional>

#include "waybill/amqp/options.hpp"
#include "waybill/base/clock.hpp"

namespace waybill::amqp::tests {

/// A busy machine may hold up by seconds what is prompt; what a stop or a deadline must not wait for takes
/// far longer than this.
constexpr std::chrono::seconds still_prompt{20};

/// Whatever waits for this connection's broker, or until its silence is noticed, takes a minute or two.
inline Options with_long_waits(Options options) {
  options.answer_timeout = std::chrono::minutes{1};
  options.heartbeat = std::chrono::minutes{1};
  return options;
}

inline std::chrono::milliseconds time_of(const std::function<void()>& work) {
  const auto start = base::system_clock().steady();
  work();
  return std::chrono::duration_cast<std::chrono::milliseconds>(base::system_clock().steady() - start);
}

}  // namespace waybill::amqp::tests
