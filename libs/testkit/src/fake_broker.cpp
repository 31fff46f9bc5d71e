#include "waybill/testkit/fake_broker.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "waybill/base/ensure.hpp"

namespace waybill::testkit {

using message::Delivery;
using message::DeliveryTag;
using message::Outcome;

struct FakeBroker::State {
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::map<message::Exchange, bool> exchanges;  // true for fanout
  std::map<message::Queue, std::deque<Delivery>> queues;
  std::vector<std::pair<message::Address, message::Queue>> bindings;
  std::vector<message::WireMessage> rejected;
  std::set<FakeSubscriber*> subscribers;
  std::uint64_t session = 1;
  std::size_t nacks_to_give = 0;
  bool answers_held = false;

  std::vector<message::Queue> route(const message::Address& to) const {
    std::vector<message::Queue> reached;
    const bool fanout = exchanges.at(to.exchange);
    for (const auto& [address, queue] : bindings) {
      if (address.exchange != to.exchange || (!fanout && address.routing_key != to.routing_key)) continue;
      if (std::ranges::find(reached, queue) == reached.end()) reached.push_back(queue);
    }
    return reached;
  }

  Outcome take(message::Publication&& publication) {
    if (nacks_to_give > 0) {
      --nacks_to_give;
      return message::Nacked{};
    }
    if (!exchanges.contains(publication.to.exchange)) {
      return message::Returned{404, "no exchange '" + publication.to.exchange.value() + "'"};
    }
    const auto reached = route(publication.to);
    if (reached.empty()) return message::Returned{312, "NO_ROUTE"};
    for (const auto& queue : reached) {
      queues.at(queue).push_back(Delivery{{}, false, publication.to, publication.message});
    }
    return message::Confirmed{};
  }
};

// Its own thread answers, as a real publisher's does.
class FakeBroker::FakePublisher final : public message::Publisher {
 public:
  FakePublisher(std::shared_ptr<State> state, std::size_t window)
      : state_(std::move(state)),
        window_(window),
        worker_([this](const std::stop_token& stop) { run(stop); }) {}

  ~FakePublisher() override {
    worker_.request_stop();
    {
      const std::lock_guard lock(state_->mutex);
      state_->changed.notify_all();
    }
    worker_.join();
  }

  void publish(message::Publication publication, base::Deadline deadline, Done done) override {
    while (!try_publish(publication, deadline, done)) {
      std::unique_lock lock(state_->mutex);
      if (has_room()) continue;
      if (deadline.passed()) {
        lock.unlock();
        return done(message::Unknown{"there was no room in the window before the deadline", false});
      }
      state_->changed.wait_for(lock, deadline.remaining_ms(longest_wait));
    }
  }

  bool try_publish(message::Publication& publication, base::Deadline deadline, Done& done) override {
    const std::lock_guard lock(state_->mutex);
    if (!has_room()) return false;
    Outcome outcome = deadline.passed() ? message::Unknown{"the deadline had passed", false}
                                        : state_->take(std::move(publication));
    unanswered_.push_back({std::move(done), std::move(outcome), deadline, state_->session});
    state_->changed.notify_all();
    return true;
  }

 private:
  static constexpr std::chrono::milliseconds longest_wait{1000};

  struct Unanswered {
    Done done;
    Outcome outcome;
    base::Deadline deadline;
    std::uint64_t session;
  };

  bool has_room() const { return unanswered_.size() < window_; }

  void run(const std::stop_token& stop) {
    std::unique_lock lock(state_->mutex);
    while (!stop.stop_requested() || !unanswered_.empty()) {
      auto ready = take_ready(stop.stop_requested());
      if (ready.empty()) {
        state_->changed.wait_for(lock, wait_for_deadline());
        continue;
      }
      lock.unlock();
      for (auto& [done, outcome, deadline, session] : ready) done(std::move(outcome));
      lock.lock();
      state_->changed.notify_all();
    }
  }

  std::chrono::milliseconds wait_for_deadline() const {
    auto earliest = base::Deadline::never();
    for (const auto& waiting : unanswered_) earliest = earliest.earlier_of(waiting.deadline);
    return std::max(std::chrono::milliseconds{1}, earliest.remaining_ms(longest_wait));
  }

  std::deque<Unanswered> take_ready(bool stopping) {
    std::deque<Unanswered> ready;
    std::erase_if(unanswered_, [&](Unanswered& waiting) {
      if (!end_early(waiting, stopping) && state_->answers_held) return false;
      ready.push_back(std::move(waiting));
      return true;
    });
    return ready;
  }

  bool end_early(Unanswered& waiting, bool stopping) const {
    const bool cut = waiting.session != state_->session;
    if (!state_->answers_held && !cut) return false;
    if (cut) waiting.outcome = message::Unknown{"the connection was cut", true};
    if (!cut && waiting.deadline.passed())
      waiting.outcome = message::Unknown{"no answer by the deadline", true};
    if (!cut && stopping) waiting.outcome = message::Unknown{"the publisher was closed", true};
    return cut || stopping || waiting.deadline.passed();
  }

  std::shared_ptr<State> state_;
  std::size_t window_;
  std::deque<Unanswered> unanswered_;
  std::jthread worker_;
};

class FakeBroker::FakeSubscriber final : public message::Subscriber {
 public:
  FakeSubscriber(std::shared_ptr<State> state, message::Queue queue, std::size_t prefetch)
      : state_(std::move(state)), queue_(std::move(queue)), prefetch_(prefetch) {
    const std::lock_guard lock(state_->mutex);
    ENSURE(state_->queues.contains(queue_), "a subscriber's queue has been declared");
    state_->subscribers.insert(this);
  }

  ~FakeSubscriber() override {
    close();
    const std::lock_guard lock(state_->mutex);
    state_->subscribers.erase(this);
  }

  std::vector<Delivery> receive(std::size_t most, base::Deadline deadline) override {
    std::unique_lock lock(state_->mutex);
    std::vector<Delivery> batch;
    while (is_receiving_) {
      take_arrived(most, batch);
      if (!batch.empty() || deadline.passed()) break;
      state_->changed.wait_for(lock, deadline.remaining_ms(std::chrono::seconds{1}));
    }
    return batch;
  }

  std::size_t settle(std::span<const DeliveryTag> tags, message::Settlement settlement) override {
    const std::lock_guard lock(state_->mutex);
    const auto settled =
        std::ranges::count_if(tags, [&](const DeliveryTag& tag) { return settle_one(tag, settlement); });
    state_->changed.notify_all();
    return static_cast<std::size_t>(settled);
  }

  void stop_receiving() override {
    const std::lock_guard lock(state_->mutex);
    is_receiving_ = false;
    state_->changed.notify_all();
  }

  void close() override {
    const std::lock_guard lock(state_->mutex);
    give_back();
    is_receiving_ = false;
    state_->changed.notify_all();
  }

  // Called with the lock held: by close(), and by the broker when it cuts the connections.
  void give_back() {
    for (auto at = unsettled_.rbegin(); at != unsettled_.rend(); ++at) put_back(std::move(at->second));
    unsettled_.clear();
    last_tag_ = 0;
  }

 private:
  void take_arrived(std::size_t most, std::vector<Delivery>& batch) {
    auto& waiting = state_->queues.at(queue_);
    while (!waiting.empty() && batch.size() < most && unsettled_.size() < prefetch_) {
      Delivery delivery = std::move(waiting.front());
      waiting.pop_front();
      delivery.tag = {state_->session, ++last_tag_};
      unsettled_.emplace(last_tag_, delivery);
      batch.push_back(std::move(delivery));
    }
  }

  bool settle_one(const DeliveryTag& tag, message::Settlement settlement) {
    if (tag.session != state_->session) return false;
    auto found = unsettled_.extract(tag.number);
    if (found.empty()) return false;
    if (settlement == message::Settlement::requeue) put_back(std::move(found.mapped()));
    if (settlement == message::Settlement::reject) {
      state_->rejected.push_back(std::move(found.mapped().message));
    }
    return true;
  }

  void put_back(Delivery delivery) {
    delivery.redelivered = true;
    state_->queues.at(queue_).push_front(std::move(delivery));
  }

  std::shared_ptr<State> state_;
  message::Queue queue_;
  std::size_t prefetch_;
  std::uint64_t last_tag_ = 0;
  std::map<std::uint64_t, Delivery> unsettled_;
  bool is_receiving_ = true;
};

FakeBroker::FakeBroker() : state_(std::make_shared<State>()) {}
FakeBroker::~FakeBroker() = default;

void FakeBroker::declare_exchange(const message::Exchange& exchange, bool fanout) {
  const std::lock_guard lock(state_->mutex);
  state_->exchanges.insert_or_assign(exchange, fanout);
}

void FakeBroker::declare_queue(const message::Queue& queue) {
  const std::lock_guard lock(state_->mutex);
  state_->queues.try_emplace(queue);
}

void FakeBroker::bind(const message::Queue& queue, const message::Address& to) {
  const std::lock_guard lock(state_->mutex);
  ENSURE(state_->queues.contains(queue) && state_->exchanges.contains(to.exchange));
  state_->bindings.emplace_back(to, queue);
}

std::unique_ptr<message::Publisher> FakeBroker::publisher(std::size_t window) {
  return std::make_unique<FakePublisher>(state_, window);
}

std::unique_ptr<message::Subscriber> FakeBroker::subscriber(const message::Queue& queue,
                                                            std::size_t prefetch) {
  return std::make_unique<FakeSubscriber>(state_, queue, prefetch);
}

void FakeBroker::hold_answers(bool hold) {
  const std::lock_guard lock(state_->mutex);
  state_->answers_held = hold;
  state_->changed.notify_all();
}

void FakeBroker::nack_next(std::size_t count) {
  const std::lock_guard lock(state_->mutex);
  state_->nacks_to_give = count;
}

void FakeBroker::cut_connections() {
  const std::lock_guard lock(state_->mutex);
  for (auto* subscriber : state_->subscribers) subscriber->give_back();
  ++state_->session;
  state_->changed.notify_all();
}

std::size_t FakeBroker::depth(const message::Queue& queue) const {
  const std::lock_guard lock(state_->mutex);
  return state_->queues.at(queue).size();
}

std::vector<message::WireMessage> FakeBroker::rejected() const {
  const std::lock_guard lock(state_->mutex);
  return state_->rejected;
}

}  // namespace waybill::testkit
