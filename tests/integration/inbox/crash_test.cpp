#include <gmock/gmock.h>

#include <csignal>
#include <map>
#include <optional>
#include <ostream>
#include <set>

#include "inbox_fixture.hpp"
#include "waybill/servers/program.hpp"
#include "waybill/testkit/eventually.hpp"

// A service that is killed, wherever it stands, handles every message once; one that a message kills gives
// that message up and no other.

namespace waybill::inbox::testing {
namespace {

class Crash : public InboxFixture {
 protected:
  using Variables = std::map<std::string, std::string>;

  servers::Program worker(const std::string& queue, Variables variables) const {
    variables.emplace("WORKER_DATABASE", database_.url());
    variables.emplace("WORKER_BROKER", broker_.url());
    variables.emplace("WORKER_QUEUE", queue);
    return {WAYBILL_INBOX_WORKER, {}, variables};
  }

  /// Starts a worker again whenever it has died, until `done`. How often that was.
  int keep_alive(const std::string& queue, const Variables& variables, const std::function<bool()>& done) {
    int deaths = 0;
    auto running = worker(queue, variables);
    EXPECT_TRUE(testkit::eventually(
        [&] {
          if (done()) return true;
          if (running.ended()) {
            ++deaths;
            running = worker(queue, variables);
          }
          return false;
        },
        [&] {
          return std::to_string(effects_written()) + " effects after " + std::to_string(deaths) + " deaths";
        },
        100s));
    return deaths;
  }
};

struct Place {
  const char* queue;
  const char* point;
};

std::ostream& operator<<(std::ostream& out, const Place& place) {
  return out << place.queue << ", " << place.point;
}

class CrashPoint : public Crash, public ::testing::WithParamInterface<Place> {
 protected:
  static constexpr int kills = 5;
  static constexpr int good = 300;
  static constexpr int bad = 4;

  CrashPoint() {
    database_.sql(
        "CREATE TABLE decided (kind text, message_id uuid, headers jsonb);"
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "  INSERT INTO decided VALUES (NEW.kind, NEW.message_id, NEW.headers); RETURN NEW; END $$;"
        "CREATE TRIGGER note AFTER INSERT ON waybill.outbox FOR EACH ROW "
        "  WHEN (NEW.kind IN ('retry', 'dead_letter')) EXECUTE FUNCTION note()");
  }

  static std::vector<message::Envelope> load() {
    std::vector<message::Envelope> commands;
    for (int i = 0; i < good + bad; ++i) {
      std::string text = i % 76 == 5 ? "bad-" : i % 50 == 7 ? "twice-" : "";
      text += std::to_string(i);
      commands.push_back(command(text, std::to_string(i % 7)));
    }
    return commands;
  }
};

TEST_P(CrashPoint, where_it_is_killed_again_and_again_doubles_nothing_and_loses_nothing) {
  const std::string queue = GetParam().queue;
  send(queue, load());
  int died = 0;
  for (int kill = 0; kill < kills; ++kill) {
    // Whom nobody has killed yet is given no suspect to begin with.
    const std::string point = kill == 0 ? "inbox.after_receive" : GetParam().point;
    auto armed = worker(queue, {{"WAYBILL_CRASH_AT", point + ":" + std::to_string(1 + kill % 3)},
                                {"WORKER_CRASHES", "1000"}});
    const auto status = armed.wait(soon());
    ASSERT_TRUE(status) << "it did not come to " << point;
    if (*status == 128 + SIGKILL) ++died;
  }
  EXPECT_EQ(died, kills);
  const auto survivor = worker(queue, {{"WORKER_CRASHES", "1000"}});
  EXPECT_TRUE(have_effects(good));
  EXPECT_TRUE(is_drained(queue));
  std::set<std::string> dead;
  // A relay that is killed between the broker's confirm and its own note sends one again, under its id.
  EXPECT_TRUE(testkit::eventually([&] {
    for (const auto& letter : broker_.take(queue + ".dlq", bad)) {
      EXPECT_EQ(header(letter, "waybill-attempts"), "3");
      dead.insert(letter.message_id);
    }
    return dead.size() == std::size_t{bad};
  })) << dead.size();
  EXPECT_TRUE(
      comes_to("SELECT (SELECT count(*) FROM waybill.outbox), (SELECT count(*) FROM waybill.scheduled), "
               "(SELECT count(*) FROM waybill.parked)",
               "0|0|0"));
  EXPECT_EQ(database_.sql("SELECT * FROM decided WHERE kind = 'retry' GROUP BY 1, 2, 3 HAVING count(*) > 1"),
            "")
      << "an attempt ended in two retries";
  EXPECT_EQ(count("decided WHERE kind = 'dead_letter'"), bad);
  EXPECT_EQ(effects_written(), good);
  EXPECT_EQ(count("waybill.attempt WHERE state <> 'dead'"), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Each, CrashPoint,
    ::testing::Values(Place{"stock", "inbox.after_receive"}, Place{"stock", "inbox.after_begin"},
                      Place{"stock", "inbox.before_commit"}, Place{"stock", "inbox.after_commit"},
                      Place{"stock", "inbox.after_ack"}, Place{"stock", "inbox.before_failure_commit"},
                      Place{"stock", "inbox.after_failure_commit"}, Place{"ledger", "inbox.before_commit"},
                      Place{"ledger", "inbox.after_commit"}, Place{"ledger", "inbox.before_failure_commit"},
                      Place{"ledger", "inbox.after_failure_commit"}),
    [](const auto& each) {
      std::string name = std::string(each.param.queue) + "_" + each.param.point;
      std::ranges::replace(name, '.', '_');
      return name;
    });

class Poison : public Crash {
 protected:
  void send_hundred_with(const std::string& text) {
    std::vector<message::Envelope> commands;
    for (int i = 0; i < 99; ++i) commands.push_back(command(std::to_string(i)));
    commands.insert(commands.begin() + 42, command(text));
    send("stock", commands);
  }
};

TEST_F(Poison, that_aborts_its_process_ends_among_the_dead_letters_and_its_neighbours_are_handled) {
  send_hundred_with("abort");
  std::optional<message::WireMessage> letter;
  const int deaths = keep_alive("stock", {}, [&] {
    if (effects_written() < 99) return false;
    for (auto& one : broker_.take("stock.dlq", 1)) letter = std::move(one);
    return letter.has_value();
  });
  EXPECT_EQ(deaths, 4) << "once among others, and three times alone";
  ASSERT_TRUE(letter);
  EXPECT_EQ(header(*letter, "waybill-reason"), "crashed");
  EXPECT_EQ(header(*letter, "waybill-attempts"), "3");
  EXPECT_TRUE(have_effects(99));
  EXPECT_TRUE(is_drained("stock.dlq")) << "a second dead letter";
}

// All of them look for what is parked and due; who has not got it has not died of it.
TEST_F(Poison, is_nothing_that_waits_among_many_processes_that_live) {
  database_.sql(
      "CREATE TABLE suspected (message_id uuid);"
      "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "  INSERT INTO suspected VALUES (NEW.message_id); RETURN NEW; END $$;"
      "CREATE TRIGGER note AFTER INSERT OR UPDATE ON waybill.attempt FOR EACH ROW "
      "  WHEN (cardinality(NEW.begun_by) > 0) EXECUTE FUNCTION note()");
  std::vector<servers::Program> workers;
  for (int i = 0; i < 5; ++i) workers.push_back(worker("ledger", {}));
  send("ledger", {command("slow-twice-1", "k"), command("slow-twice-2", "k"), command("slow", "k")});
  EXPECT_TRUE(
      comes_to("SELECT string_agg(text, ',' ORDER BY number) FROM effect", "slow-twice-1,slow-twice-2,slow"));
  EXPECT_EQ(count("suspected"), 0);
  EXPECT_THAT(broker_.take("ledger.dlq", 1), ::testing::IsEmpty());
}

TEST_F(Poison, that_waits_behind_another_of_its_key_is_no_less_counted) {
  send("ledger",
       {command("twice", "k"), command("abort", "k"), command("behind", "k"), command("x", "other")});
  std::optional<message::WireMessage> letter;
  const int deaths = keep_alive("ledger", {}, [&] {
    if (effects_written() < 3) return false;
    for (auto& one : broker_.take("ledger.dlq", 1)) letter = std::move(one);
    return letter.has_value();
  });
  EXPECT_EQ(deaths, 4) << "once as any other, and three times alone";
  ASSERT_TRUE(letter);
  EXPECT_EQ(header(*letter, "waybill-reason"), "crashed");
  EXPECT_TRUE(
      comes_to("SELECT string_agg(text, ',' ORDER BY number) FROM effect WHERE key = 'k'", "twice,behind"));
  EXPECT_EQ(count("waybill.parked"), 0);
}

TEST_F(Poison, that_never_returns_ends_among_the_dead_letters_and_its_neighbours_are_handled) {
  send_hundred_with("hang");
  std::optional<message::WireMessage> letter;
  const int deaths = keep_alive("stock", {{"WORKER_HANDLE_WITHIN_MS", "1500"}}, [&] {
    if (effects_written() < 99) return false;
    for (auto& one : broker_.take("stock.dlq", 1)) letter = std::move(one);
    return letter.has_value();
  });
  EXPECT_LE(deaths, 4);
  ASSERT_TRUE(letter);
  EXPECT_EQ(header(*letter, "waybill-reason"), "never_returned");
  EXPECT_EQ(header(*letter, "waybill-error"), "the handler did not return within 3000 ms");
  EXPECT_EQ(header(*letter, "waybill-attempts"), "3");
  EXPECT_TRUE(have_effects(99));
}

}  // namespace
}  // namespace waybill::inbox::testing
