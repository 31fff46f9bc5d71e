#include <gmock/gmock.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "watch/watch_store.hpp"
#include "watch_fixture.hpp"
#include "waybill/message/wire_format.hpp"
#include "waybill/outbox/binding_source.hpp"
#include "waybill/telemetry/log_capture.hpp"
#include "waybill/testkit/eventually.hpp"

// Bindings and queues that are lost on a real broker, while a real relay sends events by them.

namespace waybill::service::testing {
namespace {

using Taken = std::multiset<std::string>;

/// Keeps the outcomes of publications to `events` to itself until it is told not to.
class LateConfirms final : public message::Publisher {
 public:
  explicit LateConfirms(message::Publisher& publisher) : publisher_(publisher) {}

  void publish(message::Publication publication, base::Deadline deadline, Done done) override {
    if (publication.to.exchange.value() == "events") done = later(std::move(done));
    publisher_.publish(std::move(publication), deadline, std::move(done));
  }
  bool try_publish(message::Publication& publication, base::Deadline deadline, Done& done) override {
    return publisher_.try_publish(publication, deadline, done);
  }
  void release() {
    const std::lock_guard lock(mutex_);
    for (auto& held : held_) held();
    held_.clear();
  }

 private:
  Done later(Done done) {
    return [this, done = std::move(done)](message::Outcome outcome) {
      const std::lock_guard lock(mutex_);
      held_.push_back([done, outcome = std::move(outcome)] { done(outcome); });
    };
  }
  message::Publisher& publisher_;
  std::mutex mutex_;
  std::vector<std::function<void()>> held_;
};

/// Lets some copies of replays through, and of later ones nobody hears what became of them.
class HalfAReplay final : public message::Publisher {
 public:
  HalfAReplay(message::Publisher& publisher, int through) : publisher_(publisher), through_(through) {}

  void publish(message::Publication publication, base::Deadline deadline, Done done) override {
    publisher_.publish(std::move(publication), deadline, std::move(done));
  }
  bool try_publish(message::Publication& publication, base::Deadline deadline, Done& done) override {
    if (through_-- > 0) return publisher_.try_publish(publication, deadline, done);
    Done nobody = [](const message::Outcome&) {};
    return publisher_.try_publish(publication, deadline, nobody);
  }

 private:
  message::Publisher& publisher_;
  int through_;  // of the relay's own thread, which alone replays
};

/// Looks at the broker while it is open. Once close() has returned none is under way, and later ones wait.
class Shutter final : public outbox::BindingSource {
 public:
  explicit Shutter(outbox::BindingSource& source) : source_(source) {}
  ~Shutter() override { close(); }
  Shutter(const Shutter&) = delete;
  Shutter& operator=(const Shutter&) = delete;

  void look(base::Deadline deadline, Looked done) override {
    const std::lock_guard lock(mutex_);
    if (is_open_) {
      begin(deadline, std::move(done));
    } else {
      waiting_ = [this, deadline, done = std::move(done)] { begin(deadline, done); };
    }
  }
  void bind(outbox::BoundQueue binding, base::Deadline deadline, Bound done) override {
    source_.bind(std::move(binding), deadline, std::move(done));
  }
  void close() {
    std::unique_lock lock(mutex_);
    is_open_ = false;
    ended_.wait(lock, [&] { return !is_looking_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    if (auto look = std::exchange(waiting_, nullptr)) look();
  }

 private:
  void begin(base::Deadline deadline, Looked done) {
    is_looking_ = true;
    source_.look(deadline, [this, done = std::move(done)](auto seen) {
      {
        const std::lock_guard lock(mutex_);
        is_looking_ = false;
      }
      ended_.notify_all();
      done(std::move(seen));
    });
  }
  outbox::BindingSource& source_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool is_open_ = true;
  bool is_looking_ = false;
  std::function<void()> waiting_;
};

class BindingWatchTest : public WatchFixture {
 protected:
  /// Commits events on a thread of its own for as long as it lives.
  class Load {
   public:
    explicit Load(BindingWatchTest& test)
        : writer_([this, &test] { next_ = test.commit_while([this] { return goes_on_.load(); }, 0); }) {}
    /// How many there were.
    int stop() {
      goes_on_ = false;
      writer_.join();
      return next_;
    }

   private:
    std::atomic<bool> goes_on_{true};
    int next_ = 0;
    std::jthread writer_;
  };

  void expect_all_in(const std::string& queue, int events) const {
    Consumer consumer(broker_, queue);
    EXPECT_TRUE(consumer.comes_to_have(events)) << queue;
  }
};

// The broker takes an event of which one of three copies is lost without a word.
TEST_F(BindingWatchTest, that_is_lost_under_load_raises_the_alarm_within_ten_seconds_and_costs_no_event) {
  const telemetry::LogCapture log;
  const auto publisher = this->publisher();
  auto options = relay_options();
  options.watch.limits.look_every = outbox::WatchLimits{}.look_every;
  outbox::Relay relay(options, *publisher);
  ASSERT_TRUE(comes_to_say("last_good_at IS NOT NULL", "two"));
  Consumer one(broker_, "one");
  Consumer two(broker_, "two");
  Consumer three(broker_, "three");
  Load load(*this);
  ASSERT_TRUE(testkit::eventually([&] { return count("outbox_sent") > 100; }));
  broker_.unbind({"events", "two", ""});
  const auto lost_at = base::system_clock().steady();
  ASSERT_TRUE(testkit::eventually([&] { return log.count("binding_missing") == 1; }));
  EXPECT_LT(base::system_clock().steady() - lost_at, 10s);
  const auto sent = count("outbox_sent");
  ASSERT_TRUE(testkit::eventually([&] { return count("outbox_sent") > sent + 100; }));
  bind_to_events("two");
  ASSERT_TRUE(comes_to_say("replayed_at IS NOT NULL AND missing_since IS NULL", "two"));
  const int events = load.stop();
  EXPECT_TRUE(one.comes_to_have(events));
  EXPECT_TRUE(two.comes_to_have(events));
  EXPECT_TRUE(three.comes_to_have(events));
  EXPECT_EQ(log.count("binding_repaired"), 1U);
  EXPECT_EQ(watched("replayed_at IS NULL", "one"), "t");
}

TEST_F(BindingWatchTest, of_a_queue_that_is_deleted_and_declared_again_costs_no_event) {
  const telemetry::LogCapture log;
  const auto publisher = this->publisher();
  outbox::Relay relay(relay_options(), *publisher);
  ASSERT_TRUE(comes_to_know_all());
  Consumer one(broker_, "one");
  Consumer two(broker_, "two");
  Consumer three(broker_, "three");
  Load load(*this);
  ASSERT_TRUE(testkit::eventually([&] { return count("outbox_sent") > 100; }));
  broker_.delete_queue("two");
  ASSERT_TRUE(comes_to_say("missing_since IS NOT NULL", "two"));
  const auto sent = count("outbox_sent");
  ASSERT_TRUE(testkit::eventually([&] { return count("outbox_sent") > sent + 100; }));
  declare("two");
  bind_to_events("two");
  ASSERT_TRUE(comes_to_say("replayed_at IS NOT NULL", "two"));
  const int events = load.stop();
  EXPECT_TRUE(one.comes_to_have(events));
  EXPECT_TRUE(two.comes_to_have(events));
  EXPECT_TRUE(three.comes_to_have(events));
  EXPECT_EQ(log.count("queue_was_deleted"), 1U);
}

// All looks as it was at the next look, but for the mark; and what stood in the queue was older than the last
// good look.
TEST_F(BindingWatchTest, of_a_queue_that_is_deleted_and_declared_again_between_two_looks_costs_no_event) {
  const telemetry::LogCapture log;
  const auto publisher = this->publisher();
  auto options = relay_options();
  // The broker's counts are up to six seconds old.
  options.watch.limits.margin = 7s;
  Shutter shutter(*source_);
  options.watch.source = &shutter;
  outbox::Relay relay(options, *publisher);
  ASSERT_TRUE(comes_to_know_all());
  Load load(*this);
  ASSERT_TRUE(testkit::eventually([&] { return broker_.counts("two").ready > 300; }));
  const int before = load.stop();
  const auto look = watched("last_good_at", "two");
  ASSERT_TRUE(comes_to_say("last_good_at > '" + look + "'::timestamptz + interval '10 seconds'", "two"));
  shutter.close();
  broker_.delete_queue("two");
  declare("two");
  bind_to_events("two");
  shutter.open();
  expect_all_in("two", before);
  EXPECT_EQ(log.count("binding_missing"), 0U);
  EXPECT_EQ(log.count("queue_was_deleted"), 1U);
}

// The broker took it while the binding was missing; its confirm comes after the repair.
TEST_F(BindingWatchTest, that_is_repaired_while_an_event_is_on_its_way_costs_no_event) {
  const auto publisher = this->publisher();
  LateConfirms late(*publisher);
  outbox::Relay relay(relay_options(), late);
  ASSERT_TRUE(comes_to_know_all());
  broker_.unbind({"events", "two", ""});
  ASSERT_TRUE(comes_to_say("missing_since IS NOT NULL", "two"));
  Consumer one(broker_, "one");
  Consumer two(broker_, "two");
  commit({event("events", "k", "on its way")});
  ASSERT_TRUE(one.comes_to_have(1));
  bind_to_events("two");
  ASSERT_TRUE(comes_to_say("missing_since IS NULL", "two"));
  const auto seen = watched("last_good_at", "two");
  ASSERT_TRUE(comes_to_say("last_good_at > '" + seen + "'", "two"));
  EXPECT_EQ(count("outbox_sent"), 0);
  late.release();
  EXPECT_TRUE(two.comes_to_have(1));
}

TEST_F(BindingWatchTest, replays_to_a_queue_what_its_binding_carries_and_nothing_else) {
  const auto publisher = this->publisher();
  outbox::Relay relay(relay_options(), *publisher);
  ASSERT_TRUE(comes_to_know_all());
  broker_.unbind({"news", "rain", "weather.#"});
  ASSERT_TRUE(comes_to_say("missing_since IS NOT NULL", "rain"));
  commit({event("events", "k", "an event"), event("news", "weather.rain", "it rains")});
  // Returned: the topic leads nowhere, so it waits, and comes by itself.
  ASSERT_TRUE(testkit::eventually([&] { return count("outbox_blocked") == 1; }));
  broker_.declare_queue("else");
  broker_.bind({"news", "else", "#"});
  ASSERT_TRUE(testkit::eventually([&] { return count("outbox_blocked") == 0; }));
  commit({event("news", "sport.chess", "mate"), event("news", "weather", "unsettled"),
          event("news", "weather.wind.north", "it blows")});
  ASSERT_TRUE(testkit::eventually([&] { return count("outbox_sent") == 5; }));
  broker_.bind({"news", "rain", "weather.#"});
  ASSERT_TRUE(comes_to_say("replayed_at IS NOT NULL", "rain"));
  Taken taken;
  take_until("rain", taken, [&] { return taken.size() >= 3; });
  EXPECT_EQ(taken, (Taken{"it blows", "it rains", "unsettled"}));
}

// The inbox can drop the copy only if it is the same message.
TEST_F(BindingWatchTest, replays_an_event_as_the_message_that_it_was) {
  const auto publisher = this->publisher();
  outbox::Relay relay(relay_options(), *publisher);
  ASSERT_TRUE(comes_to_know_all());
  broker_.unbind({"events", "two", ""});
  auto sent = event("events", "k", "once");
  sent.envelope.headers["tenant"] = "blue";
  sent.envelope.correlation_id = "o-1";
  commit({sent});
  ASSERT_TRUE(testkit::eventually([&] { return count("outbox_sent") == 1; }));
  ASSERT_TRUE(comes_to_say("missing_since IS NOT NULL", "two"));
  bind_to_events("two");
  ASSERT_TRUE(comes_to_say("replayed_at IS NOT NULL", "two"));
  const auto original = broker_.take("one", 2);
  const auto copy = broker_.take("two", 2);
  ASSERT_EQ(original.size(), 1U);
  ASSERT_EQ(copy.size(), 1U);
  EXPECT_EQ(copy.front().message_id, original.front().message_id);
  const auto read = message::read_envelope(copy.front());
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(*read, sent.envelope);
}

TEST_F(BindingWatchTest, goes_on_with_a_replay_under_another_leader) {
  const auto publisher = this->publisher();
  auto options = relay_options();
  options.watch.limits.replay_rows = 10;
  int events = 0;
  {
    HalfAReplay half(*publisher, 50);
    outbox::Relay relay(options, half);
    ASSERT_TRUE(comes_to_know_all());
    broker_.unbind({"events", "two", ""});
    ASSERT_TRUE(comes_to_say("missing_since IS NOT NULL", "two"));
    Load load(*this);
    ASSERT_TRUE(testkit::eventually([&] { return count("outbox_sent") > 200; }));
    events = load.stop();
    ASSERT_TRUE(testkit::eventually([&] { return count("outbox") == 0; }));
    bind_to_events("two");
    ASSERT_TRUE(testkit::eventually([&] { return broker_.counts("two").ready > 50; }));
  }
  ASSERT_EQ(watched("replayed_at IS NULL", "two"), "t");
  outbox::Relay relay(options, *publisher);
  ASSERT_TRUE(comes_to_say("replayed_at IS NOT NULL", "two"));
  expect_all_in("two", events);
}

TEST_F(BindingWatchTest, says_once_that_nobody_can_see_them_and_that_they_are_seen_again) {
  const telemetry::LogCapture log;
  ManagementBindings nowhere(loop_, {.url = "http://guest:secret@127.0.0.1:1", .virtual_host = "/"});
  const auto publisher = this->publisher();
  auto options = relay_options();
  options.watch.source = &nowhere;
  options.watch.limits.look_every = 20ms;
  {
    outbox::Relay relay(options, *publisher);
    ASSERT_TRUE(testkit::eventually([&] { return log.count("bindings_cannot_be_seen") > 0; }));
    commit({event("events", "k", "goes all the same")});
    Taken taken;
    take_until("one", taken, [&] { return taken.size() == 1; });
  }
  EXPECT_EQ(log.count("bindings_cannot_be_seen"), 1U);
  EXPECT_THAT(*log.field("bindings_cannot_be_seen", "why"), ::testing::Not(::testing::HasSubstr("secret")));
  loop_.stop();
  thread_.join();
}

// The first leader cannot see the broker, and dies before it could.
TEST_F(BindingWatchTest, of_a_binding_that_was_never_there_costs_no_event_of_leaders_that_could_not_see_it) {
  const auto publisher = this->publisher();
  broker_.unbind({"events", "two", ""});
  {
    ManagementBindings nowhere(loop_, {.url = "http://guest:secret@127.0.0.1:1", .virtual_host = "/"});
    auto options = relay_options();
    options.watch.source = &nowhere;
    outbox::Relay relay(options, *publisher);
    commit({event("events", "k", "sent by who is blind")});
    ASSERT_TRUE(testkit::eventually([&] { return count("outbox_sent") == 1; }));
  }
  outbox::Relay relay(relay_options(), *publisher);
  ASSERT_TRUE(comes_to_say("missing_since IS NOT NULL", "two"));
  bind_to_events("two");
  Consumer two(broker_, "two");
  EXPECT_TRUE(two.comes_to_have(1));
}

// No relay has run for two weeks: what was to be mended then is so still.
TEST_F(BindingWatchTest, forgets_only_those_that_were_in_order) {
  const std::string old = "now() - interval '14 days'";
  database_.sql(
      "INSERT INTO waybill.binding_watch (queue, exchange, routing_key, last_good_at, missing_since, "
      "replay_from) VALUES ('missing', 'events', '', " +
      old + ", " + old + ", NULL), ('due', 'events', '', " + old + ", NULL, " + old +
      "), ('well', 'events', '', " + old + ", NULL, NULL)");
  postgres::Session session(database_options(), soon());
  std::vector<std::string> known;
  for (const auto& each : outbox::WatchStore(session, 5s).load({}, std::chrono::days{7})) {
    known.push_back(each.wanted.queue.value());
  }
  EXPECT_THAT(known, ::testing::UnorderedElementsAre("missing", "due"));
}

TEST_F(BindingWatchTest, says_once_that_they_are_not_watched) {
  const telemetry::LogCapture log;
  const auto publisher = this->publisher();
  auto options = relay_options();
  options.watch = {};
  outbox::Relay relay(options, *publisher);
  ASSERT_TRUE(testkit::eventually([&] { return relay.state() == outbox::Relay::State::leading; }));
  EXPECT_EQ(log.count("bindings_are_not_watched"), 1U);
}

}  // namespace
}  // namespace waybill::service::testing
