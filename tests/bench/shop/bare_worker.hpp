#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bare_outbox.hpp"
#include "waybill/runtime/thread.hpp"

namespace waybill::bench {

/// What of a message the floor looks at.
struct BareDelivery {
  std::string id;
  std::string type;
  std::string order;
};

/// Whose work it is, and what it works with.
struct BareService {
  std::string database_url;
  std::string broker_url;
  BareRelay relay{database_url, broker_url};
};

inline constexpr std::size_t bare_batch = 32;

/// Takes a queue's messages as one writes it by hand, on a thread of its own: what has arrived, one to 32, in
/// one transaction that is sent as one pipeline and decides nothing; then acknowledges, while the service's
/// relay publishes what was written. It drops no copies and survives no fault.
class BareWorker {
 public:
  struct Statement {
    const char* name;
    const char* sql;
  };
  /// Sends the prepared statements, and adds to the outbox.
  using Handle = std::function<void(const std::vector<BareDelivery>&, BareSql&, BareOutbox&)>;

  /// `consumer` as the inbox has it.
  BareWorker(BareService& service, const std::string& queue, const std::string& consumer,
             const std::vector<Statement>& statements, Handle handle);
  ~BareWorker();
  BareWorker(const BareWorker&) = delete;
  BareWorker& operator=(const BareWorker&) = delete;

 private:
  void run();
  /// The tag of the last one; nothing when none came in a while.
  std::optional<std::uint64_t> take(std::vector<BareDelivery>& deliveries);
  void work_off(const std::vector<BareDelivery>& deliveries);

  BareSql sql_;
  BareOutbox outbox_;
  BareAmqp subscriber_;
  const std::string consumer_;
  Handle handle_;
  std::atomic<bool> is_over_{false};
  runtime::Thread thread_;
};

}  // namespace waybill::bench
