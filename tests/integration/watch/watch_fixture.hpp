#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/amqp/queue_subscriber.hpp"
#include "waybill/outbox/message.hpp"
#include "waybill/outbox/relay.hpp"
#include "waybill/postgres/pool.hpp"
#include "waybill/runtime/event_loop.hpp"
#include "waybill/runtime/thread.hpp"
#include "waybill/servers/test_database.hpp"
#include "waybill/servers/test_virtual_host.hpp"
#include "waybill/service/management_bindings.hpp"

namespace waybill::service::testing {

using namespace std::chrono_literals;

inline base::Deadline soon() { return base::Deadline::after(30s); }

/// Takes what comes to a queue, for as long as it lives, whatever is deleted meanwhile.
class Consumer {
 public:
  Consumer(const servers::TestVirtualHost& broker, const std::string& queue);
  ~Consumer();
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  /// So many different payloads, whatever came twice.
  ::testing::AssertionResult comes_to_have(int payloads) const;

 private:
  std::size_t distinct() const;
  mutable std::mutex mutex_;
  std::set<std::string> payloads_;
  amqp::QueueSubscriber subscriber_;
  runtime::Thread thread_;
};

/// An outbox in a database of its own, and a virtual host where `events` (fanout) leads to the queues `one`,
/// `two` and `three`, `news` (topic) to `rain` by `weather.#`, and `retry` to each queue by its name; and
/// what tells a relay of its bindings.
class WatchFixture : public ::testing::Test {
 protected:
  WatchFixture();
  ~WatchFixture() override;

  postgres::Options database_options() const;
  std::unique_ptr<amqp::ConfirmingPublisher> publisher() const;
  outbox::RelayOptions relay_options();

  void declare(const std::string& queue) const;
  void bind_to_events(const std::string& queue) const { broker_.bind({"events", queue, ""}); }
  static outbox::Message event(const std::string& exchange, const std::string& key,
                               const std::string& payload);
  void commit(const std::vector<outbox::Message>& messages);
  /// Commits events from `first` on, and again and again, as fast as the relay sends, until told to stop; the
  /// number of the last.
  int commit_while(const std::function<bool()>& goes_on, int first);

  /// The payloads that have come out of a queue and into `taken`, until `done`.
  void take_until(const std::string& queue, std::multiset<std::string>& taken,
                  const std::function<bool()>& done) const;
  /// What `column` says of the binding of a queue to `events`, as psql shows it; empty for NULL.
  std::string watched(const std::string& column, const std::string& queue) const;
  ::testing::AssertionResult comes_to_say(const std::string& condition, const std::string& queue) const;
  ::testing::AssertionResult comes_to_know_all() const;
  std::int64_t count(const std::string& table) const;

  servers::TestDatabase database_;
  servers::TestVirtualHost broker_;
  postgres::Pool pool_{database_options()};
  runtime::EventLoop loop_;
  std::unique_ptr<ManagementBindings> source_;
  runtime::Thread thread_;
};

}  // namespace waybill::service::testing
