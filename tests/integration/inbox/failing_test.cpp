#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>

#include "inbox_fixture.hpp"
#include "waybill/message/wire_format.hpp"
#include "waybill/telemetry/log_capture.hpp"
#include "waybill/testkit/eventually.hpp"

// A message that fails is tried again, or ends among the dead letters with its diagnosis; its neighbours are
// not harmed.

namespace waybill::inbox::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Failing : public InboxFixture {
 protected:
  static std::vector<message::Envelope> hundred_with(const message::Envelope& bad) {
    std::vector<message::Envelope> commands;
    for (int i = 0; i < 99; ++i) commands.push_back(command(std::to_string(i)));
    commands.insert(commands.begin() + 42, bad);
    return commands;
  }
  static Handlers throwing(const std::string& text, const std::string& error) {
    Handlers handlers;
    handlers.on<ReleaseStock>([=](const ReleaseStock& command, Scope& scope) {
      write_effect(command, scope);
      if (command.order_id() == text) throw std::runtime_error(error);
    });
    return handlers;
  }
};

TEST_F(Failing, among_99_good_ones_leaves_99_effects_and_one_dead_letter_that_tells_all) {
  auto bad = command("bad");
  bad.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  bad.headers["tenant"] = "blue";
  send("stock", hundred_with(bad));
  const auto relaying = relay();
  Consumer consumer(options("stock"), pool_, sender_, throwing("bad", "no shelf"), subscribe("stock"));
  EXPECT_TRUE(have_effects(99));
  const auto letter = dead_letters("stock", 1).at(0);
  EXPECT_EQ(letter.message_id, bad.id.value().to_string());
  EXPECT_EQ(letter.body, bad.payload);
  EXPECT_EQ(header(letter, "tenant"), "blue");
  EXPECT_EQ(header(letter, "waybill-reason"), "attempts_used");
  EXPECT_EQ(header(letter, "waybill-error"), "no shelf");
  EXPECT_EQ(header(letter, "waybill-handler"), "shop.inventory.v1.ReleaseStock");
  EXPECT_EQ(header(letter, "waybill-attempts"), "3");
  EXPECT_EQ(header(letter, "waybill-service"), "inventory");
  EXPECT_EQ(header(letter, "waybill-version"), "1.2.3");
  EXPECT_NE(header(letter, "waybill-host"), "(none)");
  EXPECT_EQ(header(letter, "waybill-exchange"), "commands");
  EXPECT_EQ(header(letter, "waybill-routing-key"), "stock");
  EXPECT_EQ(header(letter, "waybill-queue"), "stock");
  EXPECT_EQ(header(letter, "waybill-trace-id"), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_LT(header(letter, "waybill-first-failed-at"), header(letter, "waybill-failed-at"));
  EXPECT_EQ(header(letter, "waybill-payload"), "(none)") << "JSON can be read as it is";
  EXPECT_TRUE(is_drained("stock"));
  EXPECT_EQ(effects_written(), 99);
  EXPECT_TRUE(is_drained("stock.dlq")) << "a second dead letter";
}

// The server refuses it when the handler has returned; it is that message's failure all the same.
TEST_F(Failing, in_a_statement_that_was_pipelined_is_given_up_and_the_others_are_not) {
  Handlers handlers;
  handlers.on<ReleaseStock>([](const ReleaseStock& command, Scope& scope) {
    scope.tx().pipeline("INSERT INTO effect (text, key) VALUES ($1, '')", command.order_id());
    if (command.order_id() == "bad") scope.tx().pipeline("SELECT 1/0");
  });
  send("stock", hundred_with(command("bad")));
  const auto relaying = relay();
  Consumer consumer(options("stock"), pool_, sender_, std::move(handlers), subscribe("stock"));
  EXPECT_TRUE(have_effects(99));
  const auto letter = dead_letters("stock", 1).at(0);
  EXPECT_THAT(header(letter, "waybill-error"), HasSubstr("refused \"SELECT 1/0\": division by zero"));
  EXPECT_THAT(letter.body, HasSubstr("\"bad\""));
  EXPECT_TRUE(is_drained("stock"));
  EXPECT_EQ(effects_written(), 99);
}

TEST_F(Failing, in_a_statement_that_was_pipelined_for_a_whole_batch_is_found_among_it) {
  Handlers handlers;
  handlers.on_batch<ReleaseStock>([](std::span<const Item<ReleaseStock>> items, postgres::Tx& tx) {
    for (const auto& item : items) {
      tx.pipeline("INSERT INTO effect (text, key) VALUES ($1, '')", item.message.order_id());
      if (item.message.order_id() == "bad") tx.pipeline("SELECT 1/0");
    }
  });
  send("stock", hundred_with(command("bad")));
  const auto relaying = relay();
  Consumer consumer(options("stock"), pool_, sender_, std::move(handlers), subscribe("stock"));
  EXPECT_TRUE(have_effects(99));
  EXPECT_THAT(dead_letters("stock", 1).at(0).body, HasSubstr("\"bad\""));
  EXPECT_TRUE(is_drained("stock"));
}

// The time for which a handler waits behind what its neighbours pipelined is not its own.
TEST_F(Failing, is_not_what_waits_longer_than_it_may_for_what_others_pipelined) {
  Handlers handlers;
  handlers.on<ReleaseStock>([](const ReleaseStock& command, Scope& scope) {
    for (int i = 0; i < 3; ++i) scope.tx().pipeline("SELECT pg_sleep(0.2)");
    if (command.order_id() == "last") write_effect(command, scope);
  });
  std::vector<message::Envelope> commands(10);
  std::ranges::generate(commands, [] { return command("slow"); });
  commands.push_back(command("last"));
  send("stock", commands);
  auto given = options("stock");
  // Much for each of the statements, and less than a third of what they take together.
  given.handle_within = 2s;
  Consumer consumer(given, pool_, sender_, std::move(handlers), subscribe("stock"));
  EXPECT_TRUE(have_effects(1));
  EXPECT_EQ(count("waybill.attempt"), 0);
}

TEST_F(Failing, twice_succeeds_the_third_time_and_counts_its_attempts) {
  std::mutex mutex;
  std::vector<std::uint32_t> attempts;
  Handlers handlers;
  handlers.on<ReleaseStock>([&](const ReleaseStock& command, Scope& scope) {
    write_effect(command, scope);
    const std::lock_guard lock(mutex);
    attempts.push_back(scope.attempt());
    if (scope.attempt() < 3) throw std::runtime_error("not yet");
  });
  send("stock", {command("a")});
  const auto relaying = relay();
  Consumer consumer(options("stock"), pool_, sender_, std::move(handlers), subscribe("stock"));
  EXPECT_TRUE(have_effects(1));
  consumer.stop();
  attempts.erase(std::unique(attempts.begin(), attempts.end()), attempts.end());
  EXPECT_THAT(attempts, ElementsAre(1U, 2U, 3U));
  EXPECT_EQ(count("waybill.attempt"), 0) << "what is over is forgotten";
  EXPECT_EQ(count("waybill.scheduled"), 0);
}

TEST_F(Failing, for_good_by_its_own_word_is_not_tried_again) {
  Handlers handlers;
  handlers.on<ReleaseStock>([](const ReleaseStock&, Scope&) { throw Permanent("no such shelf"); });
  send("stock", {command("a")});
  const auto relaying = relay();
  Consumer consumer(options("stock"), pool_, sender_, std::move(handlers), subscribe("stock"));
  const auto letter = dead_letters("stock", 1).at(0);
  EXPECT_EQ(header(letter, "waybill-reason"), "permanent");
  EXPECT_EQ(header(letter, "waybill-attempts"), "1");
}

TEST_F(Failing, because_what_it_needs_is_away_waits_and_is_not_blamed) {
  std::atomic<int> calls = 0;
  Handlers handlers;
  handlers.on<ReleaseStock>([&](const ReleaseStock& command, Scope& scope) {
    if (++calls < 4) throw Pause("the warehouse is closed", 20ms);
    EXPECT_EQ(scope.attempt(), 1U);
    write_effect(command, scope);
  });
  send("stock", {command("a")});
  Consumer consumer(options("stock"), pool_, sender_, std::move(handlers), subscribe("stock"));
  EXPECT_TRUE(have_effects(1));
  EXPECT_EQ(count("waybill.attempt"), 0);
}

TEST_F(Failing, in_bytes_that_the_database_cannot_keep_holds_up_nobody) {
  auto type = message::write_envelope(command("b"));
  type.type = "\xff";
  auto subject = message::write_envelope(command("c", "\xff"));
  auto header = message::write_envelope(command("bad"));
  header.headers.emplace_back("name", std::string("\0", 1));
  const auto good = message::write_envelope(command("good"));
  send_raw("stock", {type, subject, header, good});
  const auto relaying = relay();
  Consumer consumer(options("stock"), pool_, sender_, throwing("bad", "no \xff\xfe"), subscribe("stock"));
  EXPECT_TRUE(have_effects(1));
  EXPECT_EQ(dead_letters("stock", 3).size(), 3U);
}

TEST_F(Failing, whose_id_is_not_of_our_making_is_the_same_message_each_time) {
  auto foreign = message::write_envelope(command("bad"));
  foreign.message_id = "invoice-4711";
  send_raw("stock", {foreign});
  const auto relaying = relay();
  Consumer consumer(options("stock"), pool_, sender_, throwing("bad", "no"), subscribe("stock"));
  const auto letters = dead_letters("stock", 1);
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_EQ(letters[0].message_id, "invoice-4711");
  EXPECT_EQ(header(letters[0], "waybill-attempts"), "3");
  EXPECT_EQ(count("waybill.attempt"), 1);
}

TEST_F(Failing, in_copies_is_retried_and_dead_lettered_once) {
  send("stock", std::vector(20, command("bad")));
  const auto relaying = relay();
  std::vector<std::unique_ptr<Consumer>> consumers;
  for (int i = 0; i < 3; ++i) {
    consumers.push_back(std::make_unique<Consumer>(options("stock"), pool_, sender_, throwing("bad", "no"),
                                                   subscribe("stock", 5)));
  }
  EXPECT_EQ(dead_letters("stock", 1).size(), 1U);
  EXPECT_TRUE(is_drained("stock"));
  EXPECT_TRUE(comes_to("SELECT count(*) FROM waybill.outbox", "0"));
  EXPECT_EQ(count("waybill.scheduled"), 0);
  EXPECT_TRUE(broker_.take("stock.dlq", 1).empty());
  EXPECT_EQ(effects_written(), 0);
}

TEST_F(Failing, that_cannot_be_read_is_given_up_with_the_reason) {
  auto rubbish = message::write_envelope(command("x"));
  rubbish.body = "{\"orderId\": ";
  auto unknown = message::write_envelope(command("x"));
  unknown.type = "shop.inventory.v9.Burn";
  auto unhandled = message::write_envelope(command("x"));
  unhandled.type = "shop.inventory.v1.ConfirmReservation";
  auto old = message::write_envelope(command("x"));
  old.message_id = "01800000-0000-7000-8000-000000000000";
  auto nameless = message::write_envelope(command("x"));
  nameless.message_id.clear();
  auto foreign = message::write_envelope(command("x"));
  foreign.content_type = "text/xml";
  send_raw("stock", {rubbish, unknown, unhandled, old, nameless, foreign});
  const auto relaying = relay();
  Consumer consumer(options("stock"), pool_, sender_, effects(), subscribe("stock"));
  std::vector<std::string> reasons;
  for (const auto& letter : dead_letters("stock", 6)) reasons.push_back(header(letter, "waybill-reason"));
  EXPECT_THAT(reasons, ::testing::UnorderedElementsAre("unreadable", "unknown_type", "no_handler",
                                                       "out_of_time", "unreadable", "unreadable"));
  EXPECT_TRUE(is_drained("stock"));
  EXPECT_EQ(effects_written(), 0);
}

TEST_F(Failing, with_another_payload_under_an_id_that_was_handled_is_not_taken_for_a_copy) {
  const auto good = command("good");
  auto other = command("other");
  other.id = good.id;
  send("stock", {good, other, good});
  const auto relaying = relay();
  Consumer consumer(options("stock"), pool_, sender_, effects(), subscribe("stock"));
  EXPECT_EQ(header(dead_letters("stock", 1).at(0), "waybill-reason"), "other_payload");
  EXPECT_TRUE(is_drained("stock"));
  EXPECT_TRUE(comes_to("SELECT string_agg(text, ',') FROM effect", "good"));
}

TEST_F(Failing, in_binary_can_be_read_in_its_dead_letter) {
  ReleaseStock payload;
  payload.set_order_id("b-1");
  auto binary = command("x");
  contract::Codec({.encoding = contract::Encoding::protobuf}).encode(payload, binary).value();
  send("stock", {binary});
  const auto relaying = relay();
  Consumer consumer(options("stock"), pool_, sender_, throwing("b-1", "no"), subscribe("stock"));
  EXPECT_EQ(header(dead_letters("stock", 1).at(0), "waybill-payload"), R"({"orderId":"b-1"})");
}

TEST_F(Failing, with_headers_too_large_for_a_second_time_keeps_its_payload) {
  auto heavy = command("bad");
  heavy.headers["luggage"] = std::string(63'000, 'x');
  send("stock", {heavy});
  const auto relaying = relay();
  Consumer consumer(options("stock"), pool_, sender_, throwing("bad", std::string(9'000, 'e')),
                    subscribe("stock"));
  const auto letter = dead_letters("stock", 1).at(0);
  EXPECT_EQ(letter.body, heavy.payload);
  EXPECT_EQ(header(letter, "waybill-reason"), "attempts_used");
  EXPECT_THAT(header(letter, "waybill-omitted"), HasSubstr("headers of its own"));
  EXPECT_EQ(header(letter, "luggage"), "(none)");
}

TEST_F(Failing, with_headers_too_large_to_come_again_is_given_up_and_holds_up_nobody) {
  auto heavy = command("bad");
  heavy.headers["luggage"] = std::string(70'000, 'x');
  send("stock", {heavy, command("good")});
  const auto relaying = relay();
  Consumer consumer(options("stock"), pool_, sender_, throwing("bad", "no"), subscribe("stock"));
  EXPECT_TRUE(have_effects(1));
  const auto letter = dead_letters("stock", 1).at(0);
  EXPECT_EQ(letter.body, heavy.payload);
  EXPECT_EQ(header(letter, "waybill-reason"), "permanent");
  EXPECT_THAT(header(letter, "waybill-error"), HasSubstr("it cannot come again, for its headers have"));
  EXPECT_TRUE(is_drained("stock"));
}

TEST_F(Failing, with_a_payload_larger_than_the_outbox_takes_is_left_to_the_brokers_dead_lettering) {
  auto huge = message::write_envelope(command("x"));
  huge.body = std::string(17 << 20, ' ');
  send_raw("stock", {huge, message::write_envelope(command("good"))});
  Consumer consumer(options("stock"), pool_, sender_, effects(), subscribe("stock"));
  EXPECT_TRUE(have_effects(1));
  EXPECT_TRUE(is_drained("stock"));
  EXPECT_TRUE(testkit::eventually([&] { return broker_.counts("stock.dlq").total() == 1; }));
  EXPECT_EQ(count("waybill.attempt"), 0)
      << "a process that ends before the broker hears of it rejects it again";
}

TEST_F(Failing, in_what_names_the_shared_rows_is_its_own_fault) {
  Handlers handlers;
  handlers.on<ReleaseStock>(write_effect, [](const ReleaseStock& command) {
    if (command.order_id() == "bad") throw std::runtime_error("no name");
    return command.order_id();
  });
  send("stock", hundred_with(command("bad")));
  const auto relaying = relay();
  Consumer consumer(options("stock"), pool_, sender_, std::move(handlers), subscribe("stock"));
  EXPECT_TRUE(have_effects(99));
  EXPECT_EQ(header(dead_letters("stock", 1).at(0), "waybill-error"), "no name");
}

TEST_F(Failing, beside_copies_of_another_that_failed_is_not_mistaken_for_it) {
  auto nameless = message::write_envelope(command("x"));
  nameless.message_id.clear();
  auto other = nameless;
  other.body = "{}";
  send_raw("stock", {nameless, nameless, other});
  const auto relaying = relay();
  Consumer consumer(options("stock"), pool_, sender_, effects(), subscribe("stock"));
  std::set<std::string> bodies;
  for (const auto& letter : dead_letters("stock", 2)) bodies.insert(letter.body);
  EXPECT_THAT(bodies, ::testing::UnorderedElementsAre(nameless.body, other.body));
}

TEST_F(Failing, through_a_missing_table_of_ours_blames_no_message) {
  std::int64_t effects_so_far = 0;
  for (const std::string table : {"inbox", "outbox"}) {
    const telemetry::LogCapture log;
    database_.sql("ALTER TABLE waybill." + table + " RENAME TO elsewhere");
    auto asking = command(table);
    asking.reply_to = "order";
    send("stock", {asking});
    Consumer consumer(options("stock"), pool_, sender_, effects(), subscribe("stock"));
    EXPECT_TRUE(testkit::eventually([&] { return log.count("inbox_cannot_work") > 0; })) << table;
    database_.sql("ALTER TABLE waybill.elsewhere RENAME TO " + table);
    EXPECT_TRUE(have_effects(++effects_so_far)) << table;
    EXPECT_EQ(log.count("inbox_attempt_failed") + log.count("inbox_dead_letter"), 0U) << table;
    EXPECT_EQ(count("waybill.attempt"), 0);
    EXPECT_EQ(count("waybill.outbox"), effects_so_far) << "the answers, and no dead letter";
  }
}

TEST_F(Failing, that_was_dead_lettered_is_handled_when_an_operator_sends_it_again) {
  std::atomic<bool> is_mended = false;
  Handlers handlers;
  handlers.on<ReleaseStock>([&](const ReleaseStock& command, Scope& scope) {
    if (!is_mended) throw std::runtime_error("no");
    write_effect(command, scope);
  });
  send("stock", {command("a")});
  const auto relaying = relay();
  Consumer consumer(options("stock"), pool_, sender_, std::move(handlers), subscribe("stock"));
  const auto letter = dead_letters("stock", 1).at(0);
  is_mended = true;
  EXPECT_TRUE(broker_.publish({message::Exchange{"retry"}, message::RoutingKey{"stock"}}, letter));
  EXPECT_TRUE(have_effects(1));
}

}  // namespace
}  // namespace waybill::inbox::testing
