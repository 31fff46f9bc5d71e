#pragma once

#include <array>
#include <cstddef>

#include "domain/channel.hpp"
#include "domain/order_event.hpp"

namespace shop::notification {

/// Of which events a customer wants to hear over which channels: of all over all, unless they say otherwise.
class Preferences {
 public:
  Preferences() {
    for (auto& channel : wants_) channel.fill(true);
  }

  bool wants(Channel channel, Event event) const { return wants_.at(index(channel)).at(index(event)); }
  void set(Channel channel, Event event, bool wants) { wants_.at(index(channel)).at(index(event)) = wants; }

  friend bool operator==(const Preferences&, const Preferences&) = default;

 private:
  template <class E>
  static std::size_t index(E value) {
    return static_cast<std::size_t>(value);
  }
  std::array<std::array<bool, events.size()>, channels.size()> wants_{};
};

}  // namespace shop::notification
