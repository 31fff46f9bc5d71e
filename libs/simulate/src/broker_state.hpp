#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "waybill/simulate/fake_broker.hpp"

namespace waybill::simulate {

/// A message in a queue. Its place is kept when it is delivered, so that it can come back to it; there is
/// always one between two others.
struct Standing {
  double place = 0;
  std::shared_ptr<const message::Publication> publication;
  std::string key;
  bool is_redelivered = false;
};

struct FakeQueue {
  std::string name;
  QueueOptions options;
  std::deque<Standing> ready;
  std::vector<FakeConsumer::Connection*> consumers;  ///< those connected, the active one first
};

struct FakeBroker::State : std::enable_shared_from_this<FakeBroker::State> {
  State(History& of, BrokerTimes takes, KeyOf keys, const BrokerFaults& strike)
      : history(of), times(takes), key_of(std::move(keys)), faults(strike) {}

  struct Binding {
    std::string exchange;
    std::string pattern;
    FakeQueue* queue = nullptr;
  };

  FakeQueue* find(const std::string& queue);
  /// Those that a message goes to; empty when it is to be returned.
  std::vector<FakeQueue*> route(const message::Address& to);
  /// Puts it into all of them; false when there are none.
  bool take(const std::shared_ptr<const message::Publication>& publication, int times_over);
  /// What a consumer had and did not settle goes back to its place.
  void give_back(FakeQueue& queue, Standing standing);
  void dead_letter(const FakeQueue& queue, const Standing& standing);
  /// Sends what is ready to consumers that have room.
  void dispatch(FakeQueue& queue);
  std::chrono::milliseconds one_way();

  History& history;
  BrokerTimes times;
  KeyOf key_of;
  const BrokerFaults& faults;
  std::map<std::string, ExchangeKind> exchanges;
  std::map<std::string, FakeQueue> queues;
  std::vector<Binding> bindings;
  double last_place = 0;
  std::uint64_t last_session = 0;
};

struct FakePublisher::Connection : std::enable_shared_from_this<FakePublisher::Connection> {
  /// One publish, until it has its outcome and has arrived or not.
  struct UnderWay {
    std::shared_ptr<const message::Publication> publication;
    Done done;  ///< empty once it was told, or its publisher is gone
    base::SteadyTime arrives_at{};
    int times_over = 1;
    bool is_lost = false;
  };

  void publish(message::Publication publication, Done done);
  void cut(bool is_told);
  void arrive(const std::shared_ptr<UnderWay>& message, const std::optional<message::Outcome>& instead);
  void arrive_later(const std::shared_ptr<UnderWay>& message, const std::optional<message::Outcome>& instead);
  void answer(const std::shared_ptr<UnderWay>& message, message::Outcome outcome);
  base::SteadyTime arrival_of(const std::string& key);

  std::shared_ptr<FakeBroker::State> broker;
  std::string name;
  std::vector<std::shared_ptr<UnderWay>> under_way;
  base::SteadyTime last_arrival{};
  std::vector<std::pair<std::string, base::SteadyTime>> late_keys;
};

struct FakeConsumer::Connection : std::enable_shared_from_this<FakeConsumer::Connection> {
  void connect();
  /// It comes back after a while, unless its process is dead.
  void cut(bool comes_back);
  std::vector<message::Delivery> receive(std::size_t most);
  std::size_t settle(std::span<const message::DeliveryTag> tags, message::Settlement settlement);
  bool has_room() const { return ahead.size() + held.size() < prefetch; }
  void add(Standing standing);

  std::shared_ptr<FakeBroker::State> broker;
  std::string name;
  FakeQueue* queue = nullptr;
  std::size_t prefetch = 0;
  std::uint64_t session = 0;
  std::uint64_t last_number = 0;
  bool is_connected = false;
  bool is_dead = false;
  bool is_waiting = false;
  std::vector<Standing> ahead;                           ///< sent, and not asked for yet
  std::vector<std::pair<std::uint64_t, Standing>> held;  ///< received and not settled, by the tag's number
  std::function<void()> is_ready;
};

}  // namespace waybill::simulate
