#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "bare_amqp.hpp"
#include "bare_sql.hpp"
#include "waybill/runtime/thread.hpp"

namespace waybill::bench {

/// A row of an outbox and the message that it is.
struct BareRow {
  std::int64_t id = 0;
  BareMessage message;
};

/// Publishes what a service's transactions have written, on a thread of its own: from memory, all that has
/// come meanwhile at once, confirmed; then deletes the rows and keeps those of events. It waits for no disk
/// with that: what is published twice after a crash does no harm. Any thread.
class BareRelay {
 public:
  BareRelay(const std::string& database_url, const std::string& broker_url);
  ~BareRelay();
  BareRelay(const BareRelay&) = delete;
  BareRelay& operator=(const BareRelay&) = delete;

  std::int64_t next_id() { return ++last_id_; }
  /// After the commit.
  void publish(std::vector<BareRow> rows);

 private:
  void run();

  BareSql sql_;
  BareAmqp publisher_;
  std::atomic<std::int64_t> last_id_{1'000'000};
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<BareRow> waiting_;
  bool is_over_ = false;
  runtime::Thread thread_;
};

}  // namespace waybill::bench
