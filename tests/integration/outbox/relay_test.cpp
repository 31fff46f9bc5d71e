#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <latch>
#include <map>
#include <optional>
#include <sstream>
#include <thread>

#include "relay_fixture.hpp"
#include "waybill/message/wire_format.hpp"
#include "waybill/outbox/bell.hpp"
#include "waybill/servers/fault_proxy.hpp"
#include "waybill/testkit/eventually.hpp"

// The relay between a real database and a real broker.

namespace waybill::outbox::testing {
namespace {

using ::testing::ElementsAre;

class RelayTest : public RelayFixture {
 protected:
  /// Ends the sessions of relays, as a failover does.
  void terminate_relays() const {
    database_.sql(
        "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE datname = "
        "current_database() AND application_name LIKE 'waybill relay%'");
  }
};

TEST_F(RelayTest, sends_what_was_committed_whole_and_deletes_it) {
  auto message = command("o-1", "please");
  message.envelope.reply_to = "order";
  message.envelope.headers["tenant"] = "blue";
  commit({message});
  const auto publisher = this->publisher();
  Relay relay(relay_options(), *publisher);
  ASSERT_TRUE(comes_to_rest());
  const auto taken = broker_.take("stock", 2);
  ASSERT_EQ(taken.size(), 1U);
  const auto read = message::read_envelope(taken.front());
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(*read, message.envelope);
}

// It sweeps twenty times a second, and autovacuum comes once a minute: what was deleted meanwhile must not be
// looked at each time.
TEST_F(RelayTest, does_not_sweep_over_what_it_has_deleted_again_and_again) {
  database_.sql("ALTER TABLE waybill.outbox SET (autovacuum_enabled = false)");
  std::vector<Message> messages;
  for (int i = 0; i < 1'000; ++i) messages.push_back(command(std::to_string(i), std::string(2'000, 'x')));
  commit(messages);
  const auto publisher = this->publisher();
  Relay relay(relay_options(), *publisher);
  ASSERT_TRUE(comes_to_rest());
  struct Told {
    long scans = 0;
    long pages = 0;
  };
  const auto told = [&] {
    Told now;
    std::istringstream(
        database_.sql("SELECT idx_scan || ' ' || heap_blks_hit + heap_blks_read "
                      "FROM pg_stat_user_tables JOIN pg_statio_user_tables USING (relid) "
                      "WHERE relid = 'waybill.outbox'::regclass")) >>
        now.scans >> now.pages;
    return now;
  };
  const auto told_after = [&](const Told& before, long scans) {
    Told now;
    EXPECT_TRUE(testkit::eventually([&] { return (now = told()).scans >= before.scans + scans; }));
    return now;
  };
  // A session tells what it did once a second at most. The first sweep after the deletions marks them: the
  // second time from now, that is among what was told.
  const auto before = told_after(told_after(told(), 1), 1);
  const auto after = told_after(before, 40);
  EXPECT_LT(after.pages - before.pages, after.scans - before.scans);
}

TEST_F(RelayTest, keeps_the_events_it_has_sent_and_nothing_else) {
  commit({event("a", "e1"), command("a", "c1"), event("b", "e2")});
  const auto publisher = this->publisher();
  Relay relay(relay_options(), *publisher);
  ASSERT_TRUE(comes_to_rest());
  EXPECT_EQ(database_.sql("SELECT convert_from(payload, 'UTF8') FROM waybill.outbox_sent ORDER BY id"),
            "e1\ne2\n");
}

TEST_F(RelayTest, sends_what_is_committed_while_it_waits_when_it_is_woken) {
  const auto publisher = this->publisher();
  auto options = relay_options();
  options.limits.poll_busy = options.limits.poll_idle = 1h;
  Relay relay(options, *publisher);
  ASSERT_TRUE(testkit::eventually([&] { return relay.state() == Relay::State::leading; }));
  pool_.transact(
      [&](postgres::Tx& tx) {
        add(tx, std::vector{event("a", "1")});
        tx.on_commit([&] { relay.wake(); });
      },
      soon());
  EXPECT_THAT(arrived("all", 1), ElementsAre("1"));
}

// Ids are taken in the order of writing, and transactions commit in any order.
TEST_F(RelayTest, sends_what_took_its_ids_first_and_was_committed_last) {
  const auto publisher = this->publisher();
  Relay relay(relay_options(), *publisher);
  pool_.transact(
      [&](postgres::Tx& early) {
        add(early, std::vector{event("early", "first")});
        early.settle();
        std::jthread other([&] { commit({event("late", "second")}); });
        other.join();
        EXPECT_THAT(arrived("all", 1), ElementsAre("second"));
      },
      soon());
  EXPECT_THAT(arrived("all", 1), ElementsAre("first"));
}

// Its id is lower than the highest that was read, and the next row of its key has a higher one: a relay that
// only looks ahead would send them the wrong way round.
TEST_F(RelayTest, lets_no_row_overtake_one_of_its_key_that_was_committed_late) {
  const auto publisher = this->publisher();
  Relay relay(relay_options(), *publisher);
  ASSERT_TRUE(testkit::eventually([&] { return relay.state() == Relay::State::leading; }));
  for (int round = 0; round < 50; ++round) {
    const auto key = "overtakes " + std::to_string(round);
    pool_.transact(
        [&](postgres::Tx& early) {
          add(early, std::vector{event(key, "1")});
          early.settle();
          std::jthread other([&] { commit({event("other", "x")}); });
          other.join();
          EXPECT_THAT(arrived("all", 1), ElementsAre("x"));
        },
        soon());
    commit({event(key, "2")});
    EXPECT_THAT(arrived("all", 2), ElementsAre("1", "2")) << round;
  }
}

// A snapshot tells of the highest transaction that has ended; the one that commits late has a higher number.
TEST_F(RelayTest, waits_for_a_transaction_that_began_after_the_last_one_that_ended) {
  const auto publisher = this->publisher();
  auto options = relay_options();
  options.limits.sweep_every = 1h;
  Relay relay(options, *publisher);
  ASSERT_TRUE(testkit::eventually([&] { return relay.state() == Relay::State::leading; }));
  for (int round = 0; round < 20; ++round) {
    const auto key = "late " + std::to_string(round);
    std::optional<std::jthread> late;
    std::latch is_added{1};
    std::latch commits{1};
    pool_.transact(
        [&](postgres::Tx& early) {
          early.query_one<std::string>("SELECT pg_current_xact_id()::text");
          late.emplace([&] {
            pool_.transact(
                [&](postgres::Tx& tx) {
                  add(tx, std::vector{event(key, "1")});
                  tx.settle();
                  is_added.count_down();
                  commits.wait();
                },
                soon());
          });
          is_added.wait();
          add(early, std::vector{event("other", "x")});
        },
        soon());
    EXPECT_THAT(arrived("all", 1), ElementsAre("x"));
    // Read in a later snapshot, in which the first one is over.
    commit({event("other", "y")});
    EXPECT_THAT(arrived("all", 1), ElementsAre("y"));
    commits.count_down();
    late->join();
    commit({event(key, "2")});
    EXPECT_THAT(arrived("all", 2), ElementsAre("1", "2")) << round;
  }
}

TEST_F(RelayTest, leads_alone_and_is_followed_when_its_session_ends) {
  const auto publisher = this->publisher();
  Relay one(relay_options(), *publisher);
  ASSERT_TRUE(testkit::eventually([&] { return one.state() == Relay::State::leading; }));
  const auto other_publisher = this->publisher();
  Relay other(relay_options(), *other_publisher);
  ASSERT_TRUE(testkit::eventually([&] { return other.state() == Relay::State::standing_by; }));
  EXPECT_EQ(one.state(), Relay::State::leading);
  EXPECT_TRUE(one.stop(soon()));
  EXPECT_TRUE(testkit::eventually([&] { return other.state() == Relay::State::leading; }));
}

// Connections to both servers are cut again and again; copies may come, but the first of each in its order.
TEST_F(RelayTest, loses_nothing_and_keeps_each_keys_order_while_everything_is_cut) {
  constexpr int rows = 3'000;
  constexpr int keys = 20;
  auto endpoint = broker();
  servers::FaultProxy proxy({endpoint.host, endpoint.port});
  endpoint.host = proxy.address().host;
  endpoint.port = proxy.port();
  const auto publisher = this->publisher(endpoint);
  const auto other_publisher = this->publisher();
  Relay one(relay_options(), *publisher);
  Relay other(relay_options(), *other_publisher);
  std::jthread writer([&] {
    for (int i = 0; i < rows; i += 10) {
      std::vector<Message> batch;
      for (int j = i; j < i + 10; ++j) batch.push_back(event(std::to_string(j % keys), std::to_string(j)));
      commit(batch);
      if (i % 500 == 0) terminate_relays();
      if (i % 300 == 0) proxy.inject(servers::fault::CutNow{});
    }
  });
  writer.join();
  ASSERT_TRUE(comes_to_rest());
  std::map<int, std::vector<int>> first_seen;
  std::vector<bool> seen(rows, false);
  for (;;) {
    const auto some = broker_.take("all", 1'000);
    if (some.empty()) break;
    for (const auto& message : some) {
      const int number = std::stoi(message.body);
      if (seen.at(static_cast<std::size_t>(number))) continue;
      seen.at(static_cast<std::size_t>(number)) = true;
      first_seen[number % keys].push_back(number);
    }
  }
  EXPECT_EQ(std::ranges::count(seen, true), rows);
  for (const auto& [key, numbers] : first_seen) EXPECT_TRUE(std::ranges::is_sorted(numbers)) << key;
}

TEST_F(RelayTest, sends_nothing_again_while_the_database_lets_it_remove_nothing) {
  database_.sql(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'full'; END $$;"
      "CREATE TRIGGER refuse BEFORE INSERT ON waybill.outbox_sent FOR EACH ROW EXECUTE FUNCTION refuse()");
  const auto publisher = this->publisher();
  commit({event("a", "1"), event("b", "2")});
  Relay relay(relay_options(), *publisher);
  EXPECT_EQ(arrived("all", 2).size(), 2U);
  const auto tries = [&] {
    return std::stoll(
        database_.sql("SELECT xact_rollback FROM pg_stat_database WHERE datname = "
                      "current_database()"));
  };
  const auto before = tries();
  EXPECT_TRUE(testkit::eventually([&] { return tries() > before + 3; })) << "of removing them";
  EXPECT_EQ(relay.state(), Relay::State::leading);
  database_.sql("DROP TRIGGER refuse ON waybill.outbox_sent");
  EXPECT_TRUE(comes_to_rest());
  EXPECT_TRUE(broker_.take("all", 1).empty()) << "a row was sent again";
  EXPECT_EQ(count("outbox_sent"), 2);
}

/// A leader that hardly ever looks by itself.
class RelayBell : public RelayTest {
 protected:
  RelayBell() {
    options_.limits.poll_busy = options_.limits.poll_idle = 1h;
    leader_.emplace(options_, *publisher_);
    EXPECT_TRUE(testkit::eventually([&] { return leader_->state() == Relay::State::leading; }));
    commit({event("a", "first")});
    EXPECT_TRUE(comes_to_rest_when([&] { leader_->wake(); }));
  }
  /// It hears nothing before its listener has its session.
  ::testing::AssertionResult comes_to_rest_when(const std::function<void()>& rings) const {
    return testkit::eventually([&] {
      rings();
      return count("outbox") == 0;
    });
  }

  /// Ends the sessions of that name, once there is one.
  ::testing::AssertionResult terminates(const std::string& name) const {
    const auto end =
        "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name = '" +
        name + "'";
    return testkit::eventually([&] { return database_.sql(end).starts_with('t'); });
  }

  RelayOptions options_ = relay_options();
  std::unique_ptr<amqp::ConfirmingPublisher> publisher_ = publisher();
  std::optional<Relay> leader_;
};

TEST_F(RelayBell, of_a_process_whose_relay_stands_by_is_heard_by_the_one_that_leads) {
  const auto publisher = this->publisher();
  Relay other(options_, *publisher);
  ASSERT_TRUE(testkit::eventually([&] { return other.state() == Relay::State::standing_by; }));
  commit({event("a", "1")});
  EXPECT_TRUE(comes_to_rest_when([&] { other.wake(); }));
}

TEST_F(RelayBell, of_a_process_without_a_relay_is_heard_also_when_its_session_was_lost) {
  Bell bell(database_options());
  commit({event("a", "1")});
  EXPECT_TRUE(comes_to_rest_when([&] { bell.ring(); }));
  EXPECT_TRUE(terminates("waybill bell"));
  commit({event("a", "2")});
  bell.ring();
  EXPECT_TRUE(comes_to_rest());
}

TEST_F(RelayBell, that_was_missed_is_made_up_for_by_a_look) {
  Bell bell(database_options());
  commit({event("a", "1")});
  EXPECT_TRUE(comes_to_rest_when([&] { bell.ring(); })) << "it listens";
  commit({event("a", "2")});
  EXPECT_TRUE(terminates("waybill listener"));
  EXPECT_TRUE(comes_to_rest());
  EXPECT_EQ(leader_->state(), Relay::State::leading);
}

/// Takes what it is given, and the thread that gives it, until it is let go.
class HoldingPublisher : public message::Publisher {
 public:
  void publish(message::Publication, base::Deadline, Done) override { let_go_.wait(); }
  bool try_publish(message::Publication&, base::Deadline, Done&) override { return false; }
  void let_go() { let_go_.count_down(); }

 private:
  std::latch let_go_{1};
};

// Its process is stopped, or its machine is.
TEST_F(RelayTest, that_leads_and_does_nothing_is_followed_by_another) {
  auto options = relay_options();
  options.publish_within = 1s;
  options.statement_within = 1s;
  HoldingPublisher holding;
  Relay stuck(options, holding);
  commit({event("a", "1")});
  EXPECT_TRUE(testkit::eventually([&] { return stuck.state() == Relay::State::leading; }));
  const auto publisher = this->publisher();
  Relay other(options, *publisher);
  EXPECT_THAT(arrived("all", 1), ElementsAre("1"));
  EXPECT_TRUE(comes_to_rest());
  holding.let_go();
}

TEST_F(RelayTest, sends_all_before_it_stops_if_it_is_given_the_time) {
  const auto publisher = this->publisher();
  Relay relay(relay_options(), *publisher);
  std::vector<Message> messages;
  for (int i = 0; i < 1'000; ++i) messages.push_back(event("a" + std::to_string(i % 50), std::to_string(i)));
  commit(messages);
  EXPECT_TRUE(relay.stop(soon()));
  EXPECT_EQ(count("outbox"), 0);
}

TEST_F(RelayTest, stops_without_delay_when_there_is_no_time) {
  auto nowhere = broker();
  nowhere.port = 1;
  const auto publisher = this->publisher(nowhere);
  Relay relay(relay_options(), *publisher);
  commit({event("a", "1")});
  EXPECT_FALSE(relay.stop(base::Deadline::after(200ms)));
  EXPECT_EQ(count("outbox"), 1);
}

TEST_F(RelayTest, waits_for_a_database_that_is_not_there_yet) {
  auto options = relay_options();
  options.database.url = "postgresql://nobody@127.0.0.1:1/none";
  const auto publisher = this->publisher();
  Relay relay(options, *publisher);
  EXPECT_FALSE(relay.stop(base::Deadline::after(300ms)));
}

}  // namespace
}  // namespace waybill::outbox::testing
