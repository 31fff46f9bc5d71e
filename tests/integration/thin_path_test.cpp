#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/amqp/queue_subscriber.hpp"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/message/wire_format.hpp"
#include "waybill/postgres/pool.hpp"
#include "waybill/servers/disposable_broker.hpp"
#include "waybill/servers/test_database.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr int writers = 8;
constexpr int rows_each = 1'250;
constexpr std::size_t all_rows = writers * rows_each;
const message::Queue queue{"thin.path"};

base::Deadline within(std::chrono::nanoseconds duration) { return base::Deadline::after(duration); }

postgres::Options database_options(const servers::TestDatabase& database) {
  postgres::Options options;
  options.url = database.url();
  options.connections = writers + 1;
  return options;
}

amqp::TopologySetup topology() {
  amqp::TopologySetup setup;
  setup.topology.queues.push_back({.name = queue});
  return setup;
}

// Lets rows through up to a number, so that there is work left when the broker is killed.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    raised_.wait(lock, [&] { return passed_ < allowed_; });
    ++passed_;
  }
  void allow(std::size_t rows) {
    const std::lock_guard lock(mutex_);
    allowed_ = rows;
    raised_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable raised_;
  std::size_t passed_ = 0;
  std::size_t allowed_ = 0;
};

// Commits rows one transaction each, as services do.
void write_rows(postgres::Pool& pool, Gate& gate) {
  for (int i = 0; i < rows_each; ++i) {
    gate.pass();
    const auto id = base::new_uuid_v7();
    pool.transact(
        [&](postgres::Tx& tx) {
          tx.execute("INSERT INTO waiting (message_id, payload) VALUES ($1, $2)", id, id.to_string());
        },
        within(minutes{1}));
  }
}

message::Publication publication_of(const base::Uuid& id, std::string payload) {
  message::Envelope envelope;
  envelope.id = message::MessageId{id};
  envelope.type = "thin.v1.Row";
  envelope.source = "thin-path";
  envelope.time = base::system_clock().wall();
  envelope.payload = std::move(payload);
  return {{message::Exchange{}, message::RoutingKey{queue.value()}},
          message::write_envelope(std::move(envelope))};
}

// Publishes every row until it is confirmed; an Unknown one goes out again, as its owner has to see to.
class Sender {
 public:
  Sender(postgres::Pool& pool, message::Publisher& publisher) : pool_(pool), publisher_(publisher) {}

  void run() {
    while (confirmed_count() < all_rows) {
      read_new_rows();
      while (auto next = take_next()) publish(next->first, next->second);
    }
  }

  std::size_t confirmed_count() const {
    const std::lock_guard lock(mutex_);
    return confirmed_.size();
  }
  std::set<std::string> confirmed() const {
    const std::lock_guard lock(mutex_);
    return confirmed_;
  }
  std::size_t published_again() const { return published_again_; }
  std::size_t in_flight() const { return in_flight_; }
  bool any_ended_twice() const { return ended_twice_; }

 private:
  using Row = std::pair<base::Uuid, std::string>;

  void read_new_rows() {
    const auto rows = pool_.transact(
        [&](postgres::Tx& tx) {
          return tx.query<std::int64_t, base::Uuid, std::string>(
              "DELETE FROM waiting WHERE id IN (SELECT id FROM waiting ORDER BY id LIMIT 500) "
              "RETURNING id, message_id, payload");
        },
        within(minutes{1}));
    const std::lock_guard lock(mutex_);
    for (const auto& [id, message_id, payload] : rows) to_send_.emplace_back(message_id, payload);
  }

  std::optional<Row> take_next() {
    const std::lock_guard lock(mutex_);
    if (to_send_.empty()) return std::nullopt;
    Row next = std::move(to_send_.front());
    to_send_.pop_front();
    return next;
  }

  void publish(const base::Uuid& id, const std::string& payload) {
    const auto times = std::make_shared<std::atomic<int>>(0);
    ++in_flight_;
    publisher_.publish(publication_of(id, payload), within(seconds{20}),
                       [this, id, payload, times](const message::Outcome& outcome) {
                         if (++*times > 1) ended_twice_ = true;
                         ended(id, payload, outcome);
                       });
  }

  void ended(const base::Uuid& id, const std::string& payload, const message::Outcome& outcome) {
    const std::lock_guard lock(mutex_);
    --in_flight_;
    if (is_confirmed(outcome)) {
      confirmed_.insert(id.to_string());
    } else {
      ++published_again_;
      to_send_.emplace_back(id, payload);
    }
  }

  postgres::Pool& pool_;
  message::Publisher& publisher_;
  mutable std::mutex mutex_;
  std::deque<Row> to_send_;
  std::set<std::string> confirmed_;
  std::atomic<std::size_t> published_again_{0};
  std::atomic<std::size_t> in_flight_{0};
  std::atomic<bool> ended_twice_{false};
};

// Takes what arrives, until it is told to stop.
class Receiver {
 public:
  explicit Receiver(message::Subscriber& subscriber) : subscriber_(subscriber) {}

  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      for (const auto& delivery : subscriber_.receive(64, within(seconds{1}))) {
        const auto envelope = message::read_envelope(delivery.message);
        ASSERT_TRUE(envelope.has_value()) << envelope.error().to_string();
        ASSERT_EQ(envelope->payload, envelope->id.value().to_string());
        {
          const std::lock_guard lock(mutex_);
          ++arrived_[envelope->payload];
        }
        subscriber_.settle(std::vector{delivery.tag}, message::Settlement::ack);
      }
    }
  }

  std::map<std::string, int> arrived() const {
    const std::lock_guard lock(mutex_);
    return arrived_;
  }
  std::size_t arrived_count() const {
    const std::lock_guard lock(mutex_);
    return arrived_.size();
  }

 private:
  message::Subscriber& subscriber_;
  mutable std::mutex mutex_;
  std::map<std::string, int> arrived_;
};

// A row that was committed and did not arrive is a lost order; one reported Confirmed that did not arrive
// would be deleted by a relay, and nobody would ever know.
TEST(ThinPath, rows_of_eight_threads_all_arrive_while_the_broker_is_killed_three_times) {
  const servers::TestDatabase database;
  servers::DisposableBroker broker;
  database.sql(
      "CREATE TABLE waiting (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, message_id uuid, payload "
      "text)");
  postgres::Pool pool(database_options(database));

  const auto connection = amqp::Options::for_urls({broker.url()});
  amqp::ConfirmingPublisher publisher({.connection = connection, .topology = topology()});
  amqp::QueueSubscriber subscriber({.connection = connection, .queue = queue, .topology = topology()});
  Sender sender(pool, publisher);
  Receiver receiver(subscriber);

  Gate gate;
  {
    const std::jthread receiving([&](const std::stop_token& stop) { receiver.run(stop); });
    std::jthread sending([&] { sender.run(); });
    std::vector<std::jthread> writing;
    writing.reserve(writers);
    for (int i = 0; i < writers; ++i) writing.emplace_back([&] { write_rows(pool, gate); });

    constexpr std::size_t stretch = all_rows / 8;
    for (std::size_t kill = 1; kill <= 3; ++kill) {
      // Rows that arrive only now show that both sides are connected again after the kill before.
      const std::size_t settled = (2 * kill - 1) * stretch;
      gate.allow(settled);
      ASSERT_TRUE(testkit::eventually(
          [&] { return sender.confirmed_count() >= settled && receiver.arrived_count() >= settled; },
          minutes{2}));
      // Killed once in full run; then frozen first, so that publishes are certainly under way.
      if (kill > 1) broker.pause();
      gate.allow(settled + stretch);
      ASSERT_TRUE(testkit::eventually([&] { return sender.in_flight() > 0; }));
      broker.kill9();
      broker.start();
    }
    gate.allow(all_rows);
    sending.join();
    EXPECT_TRUE(testkit::eventually([&] { return receiver.arrived_count() >= all_rows; }, minutes{2}));
  }

  const auto arrived = receiver.arrived();
  EXPECT_EQ(arrived.size(), all_rows);
  for (const auto& id : sender.confirmed())
    EXPECT_TRUE(arrived.contains(id)) << id << " was confirmed and did not arrive";
  EXPECT_EQ(sender.confirmed_count(), all_rows);
  EXPECT_FALSE(sender.any_ended_twice());
  EXPECT_GT(sender.published_again(), 0U) << "no publish was interrupted, so this showed nothing";
  EXPECT_EQ(pool.transact(
                [](postgres::Tx& tx) { return tx.query_one<std::int64_t>("SELECT count(*) FROM waiting"); },
                within(seconds{10})),
            0);
}

}  // namespace
}  // namespace waybill
