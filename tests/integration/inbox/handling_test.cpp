#include <gmock/gmock.h>

#include <array>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <vector>

#include "inbox_fixture.hpp"
#include "passing_subscriber.hpp"
#include "waybill/message/wire_format.hpp"
#include "waybill/testkit/eventually.hpp"

// What a handler does happens once for a message, however often the message comes.

namespace waybill::inbox::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Handling : public InboxFixture {};

TEST_F(Handling, happens_once_and_the_message_is_acknowledged) {
  send("stock", {command("a"), command("b")});
  Consumer consumer(options("stock"), pool_, sender_, effects(), subscribe("stock"));
  EXPECT_TRUE(have_effects(2));
  EXPECT_TRUE(is_drained("stock"));
  EXPECT_EQ(count("waybill.inbox WHERE consumer = 'stock'"), 2);
}

/// Waits for half a minute where its consumer would for a second: a stop that does not end the wait lasts
/// much longer than a busy machine makes one that does.
class PatientSubscriber : public PassingSubscriber {
 public:
  PatientSubscriber(std::unique_ptr<message::Subscriber> to, std::atomic<int>& waits)
      : PassingSubscriber(std::move(to)), waits_(waits) {}
  std::vector<message::Delivery> receive(std::size_t most, base::Deadline) override {
    ++waits_;
    return PassingSubscriber::receive(most, soon());
  }

 private:
  std::atomic<int>& waits_;
};

// A service with ten consumers that each take a second to stop is killed by whoever stops it.
TEST_F(Handling, ends_at_once_when_it_is_told_to_while_nothing_comes) {
  send("stock", {command("a")});
  std::atomic<int> waits = 0;
  const auto patient = [&, subscribe = subscribe("stock")] {
    return std::make_unique<PatientSubscriber>(subscribe(), waits);
  };
  Consumer consumer(options("stock"), pool_, sender_, effects(), patient);
  EXPECT_TRUE(testkit::eventually([&] { return waits >= 2; })) << "for what comes after the first message";
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 5; ++i) Consumer(options("stock"), pool_, sender_, effects(), patient).stop();
  consumer.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 20s);
}

TEST_F(Handling, of_a_hundred_copies_to_four_consumers_has_one_effect) {
  std::vector<std::unique_ptr<Consumer>> consumers;
  for (int i = 0; i < 4; ++i) {
    consumers.push_back(
        std::make_unique<Consumer>(options("stock"), pool_, sender_, effects(), subscribe("stock", 5)));
  }
  send("stock", std::vector(100, command("once")));
  EXPECT_TRUE(is_drained("stock"));
  EXPECT_TRUE(have_effects(1));
  EXPECT_EQ(count("waybill.outbox"), 0) << "nobody wanted an answer";
}

// A standby may not have what a reader sees: who goes by what was read commits something after it.
TEST_F(Handling, of_a_copy_alone_commits_a_transaction_of_its_own) {
  const auto transaction = [&] { return std::stoll(database_.sql("SELECT pg_current_xact_id()::text")); };
  const auto one = command("a");
  send("stock", {one});
  Consumer consumer(options("stock"), pool_, sender_, effects(), subscribe("stock"));
  EXPECT_TRUE(have_effects(1));
  EXPECT_TRUE(is_drained("stock"));
  const auto before = transaction();
  send("stock", {one});
  // Each look takes a number of its own: more than were looked for is somebody else's.
  std::int64_t looks = 0;
  EXPECT_TRUE(testkit::eventually([&] { return transaction() > before + ++looks; }));
}

TEST_F(Handling, answers_the_asker_in_the_words_it_recognises) {
  auto asked = command("a");
  asked.reply_to = "order";
  asked.saga = message::SagaReference{*base::Uuid::parse("01890a5d-ac96-774b-bcce-b302099a8057"), "undo", 3};
  send("stock", {asked});
  const auto relaying = relay();
  Consumer consumer(options("stock"), pool_, sender_, effects(), subscribe("stock"));
  std::vector<message::WireMessage> answers;
  EXPECT_TRUE(testkit::eventually([&] { return !(answers = broker_.take("answers", 1)).empty(); }));
  const auto answer = message::read_envelope(answers.at(0)).value();
  EXPECT_EQ(answer.type, "shop.inventory.v1.StockReleased");
  EXPECT_EQ(answer.source, "inventory");
  EXPECT_EQ(answer.correlation_id, "c-a");
  EXPECT_EQ(answer.causation_id, asked.id.value());
  EXPECT_EQ(answer.saga, asked.saga);
}

// Rows that several kinds of messages share are locked in one statement only where these come together.
TEST_F(Handling, gives_messages_of_several_contracts_to_one_handler_in_the_order_in_which_they_came) {
  using shop::inventory::v1::ConfirmReservation;
  std::vector<message::Envelope> envelopes;
  for (int i = 0; i < 6; ++i) {
    envelopes.push_back(command(std::to_string(i)));
    if (i % 2 == 0) continue;
    ConfirmReservation payload;
    payload.set_order_id(std::to_string(i));
    payload.set_reservation_id("r");
    contract::Codec().encode(payload, envelopes.back()).value();
  }
  // What is renamed still comes under its old name.
  envelopes[4].type = "shop.stock.v1.Release";
  sender_.codec = contract::Codec({}, contract::Registry::of_program().with_alias(
                                          "shop.stock.v1.Release", "shop.inventory.v1.ReleaseStock"));
  send("stock", envelopes);
  using Command = AnyItem<ReleaseStock, ConfirmReservation>;
  std::string came;
  Handlers handlers;
  handlers.on_batch_of<ReleaseStock, ConfirmReservation>(
      [&](std::span<const Command> commands, postgres::Tx& tx) {
        for (const auto& each : commands) {
          const auto text = each.visit([](const auto& command) { return command.order_id(); });
          const auto* confirm = std::get_if<const ConfirmReservation*>(&each.message);
          came += text + (confirm ? (*confirm)->reservation_id() : "") + " ";
          EXPECT_EQ(each.scope.message().correlation_id, "c-" + text);
          tx.pipeline("INSERT INTO effect (text, key) VALUES ($1, '')", text);
        }
      });
  {
    Consumer consumer(options("stock"), pool_, sender_, std::move(handlers), subscribe("stock"));
    EXPECT_TRUE(have_effects(6));
    EXPECT_TRUE(is_drained("stock"));
  }
  EXPECT_EQ(came, "0 1r 2 3r 4 5r ");
}

TEST_F(Handling, in_batches_sees_all_that_came_together) {
  Handlers handlers;
  handlers.on_batch<ReleaseStock>([](std::span<const Item<ReleaseStock>> items, postgres::Tx& tx) {
    std::vector<std::string> texts;
    for (const auto& item : items) texts.push_back(item.message.order_id());
    tx.execute("INSERT INTO effect (text, key) SELECT text, '' FROM unnest($1::text[]) AS text", texts);
  });
  std::vector<message::Envelope> commands;
  for (int i = 0; i < 500; ++i) commands.push_back(command(std::to_string(i)));
  send("stock", commands);
  send("stock", commands);
  Consumer consumer(options("stock"), pool_, sender_, std::move(handlers), subscribe("stock"));
  EXPECT_TRUE(have_effects(500));
  EXPECT_TRUE(is_drained("stock"));
  EXPECT_EQ(effects_written(), 500);
}

TEST_F(Handling, goes_through_the_chain_from_the_outermost_link_inwards) {
  std::vector<std::string> passed;
  auto handlers = effects();
  const auto link = [&](const std::string& name) {
    return [&passed, name](std::span<Scope* const> scopes, const std::function<void()>& next) {
      passed.push_back(name + " " + scopes.front()->message().correlation_id);
      next();
      passed.push_back(name + " after");
    };
  };
  handlers.use(link("outer")).use(link("inner"));
  send("stock", {command("a")});
  {
    Consumer consumer(options("stock"), pool_, sender_, std::move(handlers), subscribe("stock"));
    EXPECT_TRUE(have_effects(1));
  }
  EXPECT_THAT(passed, ElementsAre("outer c-a", "inner c-a", "inner after", "outer after"));
}

TEST_F(Handling, of_a_message_that_has_expired_does_nothing) {
  auto late = command("late");
  late.expiry = base::system_clock().wall() - 1s;
  auto timely = command("timely");
  timely.expiry = base::system_clock().wall() + 1h;
  send("stock", {late, timely});
  Consumer consumer(options("stock"), pool_, sender_, effects(), subscribe("stock"));
  EXPECT_TRUE(is_drained("stock"));
  EXPECT_TRUE(comes_to("SELECT string_agg(text, ',') FROM effect", "timely"));
  EXPECT_THAT(broker_.take("stock.dlq", 1), IsEmpty());
}

TEST_F(Handling, of_events_skips_those_that_nobody_handles) {
  auto event = command("a");
  event.type = "elsewhere.v1.SomethingNew";
  send("watch", {event});
  Handlers handlers;
  Consumer consumer(options("watch"), pool_, sender_, std::move(handlers), subscribe("watch"));
  EXPECT_TRUE(is_drained("watch"));
  EXPECT_EQ(count("waybill.outbox"), 0);
}

TEST_F(Handling, refuses_to_give_a_handler_longer_than_its_connection_waits) {
  auto patient = options("stock");
  patient.handle_within = pool_.options().statement_timeout + 1ms;
  EXPECT_THROW(Consumer(patient, pool_, sender_, effects(), subscribe("stock")), std::invalid_argument);
}

// They share the partitions: what one of them has forgotten, the other would take for new.
TEST_F(Handling, remembers_as_long_as_the_consumer_that_does_so_longest) {
  const auto has_partition_of_days_ago = [&](int days) {
    return database_.sql(
               "SELECT to_regclass('waybill.inbox_' || to_char((now() AT TIME ZONE 'UTC')::date - " +
               std::to_string(days) + ", 'YYYYMMDD')) IS NOT NULL") == "t\n";
  };
  const auto keep = [&](const std::string& consumer, const std::string& how_long) {
    database_.sql("SELECT waybill.maintain_inbox('" + consumer + "', interval '" + how_long + "')");
  };
  keep("archive", "30 days");
  keep("stock", "1 day");
  EXPECT_TRUE(has_partition_of_days_ago(29));
  EXPECT_TRUE(has_partition_of_days_ago(4));
  database_.sql(
      "UPDATE waybill.inbox_keep SET told_at = told_at - interval '32 days' WHERE consumer = 'archive'");
  keep("stock", "1 day");
  EXPECT_FALSE(has_partition_of_days_ago(29)) << "for a consumer that is no more";
  EXPECT_FALSE(has_partition_of_days_ago(4));
  EXPECT_TRUE(has_partition_of_days_ago(1));
}

TEST_F(Handling, goes_on_while_somebody_reads_what_is_forgotten) {
  database_.sql("SELECT waybill.maintain_inbox('stock', interval '30 days')");
  const auto to_come = "waybill.inbox_' || to_char((now() AT TIME ZONE 'UTC')::date + 3, 'YYYYMMDD')";
  database_.sql("DO $$ BEGIN EXECUTE 'DROP TABLE " + std::string(to_come) + "; END $$");
  const auto is_made = "SELECT to_regclass('" + std::string(to_come) + ") IS NOT NULL";
  pool_.transact(
      [&](postgres::Tx& backup) {
        backup.execute("LOCK TABLE waybill.inbox IN ACCESS SHARE MODE");
        const Consumer consumer(options("stock"), pool_, sender_, effects(), subscribe("stock"));
        EXPECT_TRUE(comes_to(is_made, "t"));
      },
      soon());
}

TEST_F(Handling, remembers_for_each_consumer_by_itself) {
  const auto same = command("a");
  send("stock", {same});
  send("ledger", {same});
  Consumer stock(options("stock"), pool_, sender_, effects(), subscribe("stock"));
  Consumer ledger(options("ledger"), pool_, sender_, effects(), subscribe("ledger"));
  EXPECT_TRUE(comes_to("SELECT count(*) FROM effect", "2"));
}

}  // namespace
}  // namespace waybill::inbox::testing
