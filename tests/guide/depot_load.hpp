#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "waybill/runtime/thread.hpp"

namespace waybill::guide {

/// Clients who take deliveries in, one goods each, and repeat each request under its key until they know that
/// it was done.
class DeliveryLoad {
 public:
  /// `deliver` makes one request under a key: its status; nothing when there was no answer.
  using Deliver = std::function<std::optional<int>(const std::string& key)>;

  explicit DeliveryLoad(Deliver deliver);
  ~DeliveryLoad() { stop(); }
  DeliveryLoad(const DeliveryLoad&) = delete;
  DeliveryLoad& operator=(const DeliveryLoad&) = delete;

  /// How many were done so far.
  std::int64_t done() const { return done_; }
  /// Finishes what was begun; how many were done.
  std::int64_t stop();

 private:
  static constexpr int clients = 4;
  void run(int client);

  Deliver deliver_;
  std::atomic<bool> goes_on_{true};
  std::atomic<std::int64_t> done_{0};
  std::vector<runtime::Thread> threads_;
};

}  // namespace waybill::guide
