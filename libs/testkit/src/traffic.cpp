#include "waybill/testkit/traffic.hpp"

#include <atomic>
#include <condition_variable>
#include <thread>
#include <utility>

#include "traffic_books.hpp"
#include "waybill/base/ensure.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::testkit {
namespace {

constexpr std::size_t batch = 64;
// How soon the consuming thread sees that it is over.
constexpr std::chrono::milliseconds look{50};

}  // namespace

struct Traffic::State {
  State(message::Publisher& to, message::Subscriber& from, Plan given)
      : plan(std::move(given)),
        books(std::make_shared<TrafficBooks>(plan.name)),
        publisher(to),
        subscriber(from),
        consuming([this] { consume(); }),
        publishing([this] { publish(); }) {}

  ~State() {
    stop_publishing();
    is_over = true;
    consuming.join();
  }

  void stop_publishing() {
    {
      const std::lock_guard lock(mutex);
      is_publishing = false;
    }
    due.notify_all();
    if (publishing.joinable()) publishing.join();
  }

  void publish() {
    auto next = base::system_clock().steady();
    while (is_due(next)) {
      next = std::max(next + plan.every, base::system_clock().steady() - plan.every);
      if (books->counts().under_way < plan.most_under_way) publish_one();
    }
  }

  bool is_due(base::SteadyTime next) {
    std::unique_lock lock(mutex);
    due.wait_until(lock, next, [this] { return !is_publishing; });
    return is_publishing;
  }

  // What becomes of a message is written down also when the traffic is no more.
  void publish_one() {
    const auto number = books->begin();
    const auto deadline = base::Deadline::after(plan.patience);
    message::Publication publication{plan.to, {}};
    publication.message.body = books->body_of(number, plan.body_bytes);
    publisher.publish(std::move(publication), deadline,
                      [shared = books, number, deadline](const message::Outcome& outcome) {
                        shared->ended(number, outcome, deadline);
                      });
  }

  void consume() {
    std::vector<message::DeliveryTag> tags;
    while (!is_over) {
      const auto deliveries = subscriber.receive(batch, base::Deadline::after(look));
      if (deliveries.empty()) continue;
      if (tags.empty() || tags.front().session != deliveries.front().tag.session) {
        books->session_began();
        if (subscriber.settle(tags, message::Settlement::ack) > 0) {
          books->is_wrong("tags of an earlier session were settled in another");
        }
      }
      tags.clear();
      for (const auto& delivery : deliveries) {
        books->came(delivery);
        tags.push_back(delivery.tag);
      }
      subscriber.settle(tags, message::Settlement::ack);
    }
  }

  const Plan plan;
  const std::shared_ptr<TrafficBooks> books;
  message::Publisher& publisher;
  message::Subscriber& subscriber;
  std::mutex mutex;
  std::condition_variable due;
  bool is_publishing = true;
  std::atomic<bool> is_over{false};
  std::thread consuming;
  std::thread publishing;
};

Traffic::Traffic(message::Publisher& publisher, message::Subscriber& subscriber, Plan plan) {
  ENSURE(plan.every.count() > 0, "a pace is more than nothing");
  state_ = std::make_unique<State>(publisher, subscriber, std::move(plan));
}

Traffic::~Traffic() = default;

Traffic::Counts Traffic::counts() const { return state_->books->counts(); }

testing::AssertionResult Traffic::flows(std::size_t more, std::chrono::milliseconds limit) const {
  const auto before = counts();
  return eventually(
      [&] {
        const auto now = counts();
        return now.confirmed >= before.confirmed + more && now.consumed >= before.consumed + more;
      },
      [&] { return "from " + to_string(before) + " to " + to_string(counts()); }, limit);
}

testing::AssertionResult Traffic::adds_up(std::chrono::milliseconds limit) {
  state_->stop_publishing();
  const auto& books = *state_->books;
  const auto is_settled = [&] { return books.counts().under_way == 0 && books.all_confirmed_came(); };
  const auto settled = eventually(is_settled, limit);
  const auto complaints = books.complaints();
  if (settled && complaints.empty()) return testing::AssertionSuccess();
  return testing::AssertionFailure() << complaints << to_string(counts());
}

std::string to_string(const Traffic::Counts& counts) {
  return std::to_string(counts.published) + " published, " + std::to_string(counts.confirmed) +
         " confirmed, " + std::to_string(counts.refused) + " refused, " +
         std::to_string(counts.unknown_sent) + " sent and " + std::to_string(counts.unknown_unsent) +
         " unsent unknown, " + std::to_string(counts.under_way) + " under way, " +
         std::to_string(counts.consumed) + " consumed, " + std::to_string(counts.consumed_again) +
         " of them again, " + std::to_string(counts.sessions) + " sessions, the latest outcome " +
         std::to_string(counts.latest.count()) + " ms after its deadline";
}

}  // namespace waybill::testkit
