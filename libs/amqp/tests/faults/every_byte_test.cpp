#include <gtest/gtest.h>

#include <atomic>
#include <iostream>
#include <set>
#include <thread>

#include "addresses.hpp"
#include "effort.hpp"
#include "observed_outcomes.hpp"
#include "traffic_pair.hpp"
#include "waybill/servers/test_virtual_host.hpp"

// A connection is cut after each of its first 2,000 bytes: in its greeting, its login, its set-up, between
// two messages and in the middle of one. The next connection then has to work as if nothing had been.

namespace waybill::amqp::tests {
namespace {

using message::Confirmed;
using servers::Direction;

constexpr std::uint64_t bytes = 2'000;
constexpr std::size_t workers = 6;
constexpr int messages = 6;
constexpr std::size_t body_bytes = 300;
// So many messages of that size are above 2,000 bytes, whatever a login takes.
constexpr int most_rounds = 6;

std::string body(const std::string& name) {
  std::string body = name + " ";
  body.resize(body_bytes, '.');
  return body;
}

// A queue of its own, and a way to it that can be cut.
class Worker {
 public:
  Worker(const servers::TestVirtualHost& host, const std::string& queue, Direction direction)
      : at_(parse_url(host.url()).value()), queue_(queue), proxy_(place_of(at_)), direction_(direction) {
    host.declare_queue(queue_);
    // Long names, so that every step of the set-up has its share of the bytes.
    options_ = options_for(by_way_of(proxy_, at_));
    options_.connection_name = "every-byte-" + std::string(200, 'n');
    options_.backoff = {std::chrono::milliseconds{1}, std::chrono::milliseconds{4}, 2.0};
    for (const auto* name : {"one", "other"}) {
      const message::Exchange exchange{name + std::string(200, 'e')};
      setup_.topology.exchanges.push_back({exchange, "fanout"});
      setup_.topology.bindings.push_back(
          {exchange, message::Queue{queue_}, message::RoutingKey{std::string(200, 'k')}});
    }
  }

 protected:
  void arm(std::uint64_t at) {
    cut_before_ = proxy_.counters().cut;
    proxy_.inject(servers::fault::CutAfter{direction_, at, servers::Connections::next});
  }
  bool was_cut() const { return proxy_.counters().cut > cut_before_; }

  const Endpoint at_;
  const std::string queue_;
  servers::FaultProxy proxy_;
  const Direction direction_;
  Options options_;
  TopologySetup setup_;

 private:
  std::uint64_t cut_before_ = 0;
};

class Publishing : public Worker {
 public:
  using Worker::Worker;

  void cut_at(std::uint64_t at) {
    arm(at);
    ConfirmingPublisher publisher({.connection = options_, .topology = setup_});
    for (int round = 0; round < most_rounds && !was_cut(); ++round) publish_some(publisher, at, round);
    ASSERT_TRUE(was_cut()) << "the connection has had no byte " << at;
    const auto after = body(std::to_string(at) + " after");
    EXPECT_EQ(publish_and_wait(publisher, publication(queue_, after), soon()), message::Outcome{Confirmed{}})
        << "after a cut at byte " << at;
    confirmed_.insert(after);
  }

  // Every Confirmed has arrived, and nothing twice.
  void finish() {
    QueueSubscriber subscriber({.connection = options_for(at_), .queue = message::Queue{queue_}});
    std::set<std::string> arrived;
    while (!std::ranges::includes(arrived, confirmed_)) {
      const auto deliveries = subscriber.receive(256, soon());
      ASSERT_FALSE(deliveries.empty()) << "a message that was confirmed is not there";
      std::vector<message::DeliveryTag> tags;
      for (const auto& each : deliveries) {
        EXPECT_TRUE(arrived.insert(each.message.body).second) << each.message.body;
        tags.push_back(each.tag);
      }
      subscriber.settle(tags, message::Settlement::ack);
    }
  }

 private:
  // What is returned comes back with its body.
  void publish_some(ConfirmingPublisher& publisher, std::uint64_t at, int round) {
    ObservedOutcomes outcomes;
    for (int i = 0; i < messages; ++i) {
      const auto one = body(std::to_string(at) + " " + std::to_string(round) + " " + std::to_string(i));
      publisher.publish(publication(i % 2 == 0 ? queue_ : "nowhere", one), soon(), outcomes.expect(one));
    }
    EXPECT_TRUE(outcomes.each_ended_once()) << "with a cut at byte " << at;
    for (auto& one : outcomes.names_of<Confirmed>()) confirmed_.insert(std::move(one));
  }

  std::set<std::string> confirmed_;
};

class Subscribing : public Worker {
 public:
  Subscribing(const servers::TestVirtualHost& host, const std::string& queue, Direction direction)
      : Worker(host, queue, direction), publisher_({.connection = options_for(at_)}) {}

  void cut_at(std::uint64_t at) {
    arm(at);
    QueueSubscriber subscriber({.connection = options_, .queue = message::Queue{queue_}, .topology = setup_});
    for (int round = 0; round < most_rounds && !was_cut(); ++round) take_some(subscriber, at, round);
    ASSERT_TRUE(was_cut()) << "the connection has had no byte " << at;
    take_some(subscriber, at, most_rounds);
  }

  void finish() {}

 private:
  void take_some(QueueSubscriber& subscriber, std::uint64_t at, int round) {
    std::set<std::string> expected;
    for (int i = 0; i < messages; ++i) {
      const auto one = body(std::to_string(at) + " " + std::to_string(round) + " " + std::to_string(i));
      ASSERT_TRUE(is_confirmed(publish_and_wait(publisher_, publication(queue_, one), soon())));
      expected.insert(one);
    }
    while (!expected.empty()) {
      const auto deliveries = subscriber.receive(64, soon());
      ASSERT_FALSE(deliveries.empty()) << "nothing comes after a cut at byte " << at;
      for (const auto& each : deliveries) {
        const bool is_new = expected.erase(each.message.body) == 1;
        EXPECT_TRUE(is_new || each.redelivered) << each.message.body << ", with a cut at byte " << at;
        subscriber.settle(std::vector{each.tag}, message::Settlement::ack);
      }
    }
  }

  ConfirmingPublisher publisher_;
};

class EveryByte : public testing::TestWithParam<Direction> {
 protected:
  template <class Work>
  void cut_at_each() {
    if (one_of > 1) std::cout << "every " << one_of << "th byte, since this build has a sanitizer\n";
    std::atomic<std::uint64_t> next{0};
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < workers; ++i) {
      threads.emplace_back([this, i, &next] {
        Work work(host_, "q" + std::to_string(i), GetParam());
        for (auto at = next.fetch_add(one_of); at < bytes && !HasFailure(); at = next.fetch_add(one_of)) {
          work.cut_at(at);
        }
        work.finish();
      });
    }
  }

  const servers::TestVirtualHost host_;
};

TEST_P(EveryByte, of_a_publisher_may_be_the_last_of_its_connection) { cut_at_each<Publishing>(); }
TEST_P(EveryByte, of_a_subscriber_may_be_the_last_of_its_connection) { cut_at_each<Subscribing>(); }

INSTANTIATE_TEST_SUITE_P(Of, EveryByte,
                         testing::Values(Direction::client_to_server, Direction::server_to_client),
                         [](const auto& one) {
                           return std::string{one.param == Direction::client_to_server ? "what_is_sent"
                                                                                       : "what_is_received"};
                         });

}  // namespace
}  // namespace waybill::amqp::tests
