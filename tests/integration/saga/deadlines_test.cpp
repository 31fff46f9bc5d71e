#include <gmock/gmock.h>

#include <barrier>
#include <thread>

#include "bank/v1/bank.contract.hpp"
#include "bank/v1/bank.pb.h"
#include "rail/v1/rail.contract.hpp"
#include "rail/v1/rail.pb.h"
#include "saga_fixture.hpp"
#include "waybill/saga/deadlines.hpp"
#include "waybill/telemetry/log_capture.hpp"
#include "waybill/testkit/eventually.hpp"

// What nobody answers goes on by itself, once, whoever looks.

namespace waybill::saga::testing {
namespace {

using ::testing::HasSubstr;

class SagaDeadlines : public SagaFixture {
 protected:
  static message::Envelope seat_reserved(const base::Uuid& saga) {
    return answer(saga, "seat", rail::v1::SeatReserved{});
  }
};

TEST_F(SagaDeadlines, end_a_wait_when_they_come_and_not_before) {
  const auto saga = begin(book_trip(), trip("t1"));
  EXPECT_EQ(look(), 0U);
  EXPECT_EQ(sql("SELECT deadline_at - begun_at FROM waybill.saga"), "00:00:30\n");
  // Time passes by itself as well, and is not to come to 30 s yet.
  pass(10s);
  EXPECT_EQ(sql("SELECT deadline_at > clock_timestamp() FROM waybill.saga"), "t\n");
  EXPECT_EQ(look(), 0U);
  pass(20s);
  EXPECT_EQ(look(), 1U);
  EXPECT_EQ(status(saga), "compensating");
  EXPECT_EQ(sent(), "ReserveSeat ReleaseSeat");
  EXPECT_EQ(look(), 0U);
}

// The place of a saga in the index stays behind its deadline: when it is come to, it moves on.
TEST_F(SagaDeadlines, that_have_moved_away_are_looked_at_once_and_not_again) {
  const auto saga = begin(book_trip(), trip("t1"));
  deliver({seat_reserved(saga)});
  sql("UPDATE waybill.saga SET look_at = clock_timestamp()");
  EXPECT_EQ(engine_.look(pool_, 64, soon()).seen, 1U);
  EXPECT_EQ(sql("SELECT look_at = deadline_at FROM waybill.saga"), "t\n");
  EXPECT_EQ(engine_.look(pool_, 64, soon()).seen, 0U);
  EXPECT_EQ(outcomes(saga), "begun step_done");
}

TEST_F(SagaDeadlines, ask_again_for_what_must_be_answered_and_ask_for_an_operator_after_ten) {
  const auto saga = begin(book_trip(), trip("t1"));
  deliver({seat_reserved(saga), answer(saga, "pay", bank::v1::CardCharged{})});
  sent();
  for (int i = 1; i <= 9; ++i) {
    pass(10s);
    EXPECT_EQ(look(), 1U);
    EXPECT_EQ(sent(), "IssueTicket");
  }
  EXPECT_EQ(sql("SELECT needs_operator FROM waybill.saga"), "\n");
  pass(10s);
  EXPECT_EQ(look(), 1U);
  EXPECT_EQ(sent(), "IssueTicket");
  EXPECT_THAT(sql("SELECT needs_operator FROM waybill.saga"),
              HasSubstr("step 'ticket' was asked for 10 times"));
  deliver({answer(saga, "ticket", rail::v1::TicketIssued{})});
  EXPECT_EQ(sql("SELECT status, needs_operator IS NULL FROM waybill.saga"), "completed|t\n");
}

// One definition that throws must not stop the deadlines of all the others.
TEST_F(SagaDeadlines, of_a_saga_whose_definition_throws_keep_no_other_waiting) {
  auto broken = define<Trip>("broken", 1,
                             step<"seat">(+[](const Trip&) { return rail::v1::ReserveSeat{}; })
                                 .on<rail::v1::SeatReserved>()
                                 .refused_by<rail::v1::TrainIsFull>()
                                 .undo(+[](const Trip& trip) -> rail::v1::ReleaseSeat {
                                   if (trip.card == "broken") throw std::runtime_error("no such card");
                                   return {};
                                 })
                                 .within(30s));
  engine_.add(broken);
  const auto first = begin(broken, trip("t1", "ICE 1", "broken"));
  const auto second = begin(broken, trip("t2"));
  const auto third = begin(book_trip(), trip("t3"));
  sent();
  pass(31s);
  EXPECT_EQ(look(), 2U);
  EXPECT_EQ(status(first), "running");
  EXPECT_EQ(status(second), "compensating");
  EXPECT_EQ(status(third), "compensating");
  EXPECT_EQ(sent(), "ReleaseSeat ReleaseSeat");
  EXPECT_THAT(sql("SELECT needs_operator FROM waybill.saga WHERE key = 't1'"), HasSubstr("no such card"));
  EXPECT_EQ(look(), 0U);
  EXPECT_EQ(sql("SELECT look_at > clock_timestamp() + interval '50 s' FROM waybill.saga WHERE key = 't1'"),
            "t\n");
}

// Three hundred throw before the one that does not, one of them what nobody expects.
TEST_F(SagaDeadlines, of_many_sagas_that_throw_are_come_to_in_few_transactions) {
  auto broken = define<Trip>("broken", 1,
                             step<"seat">(+[](const Trip&) { return rail::v1::ReserveSeat{}; })
                                 .on<rail::v1::SeatReserved>()
                                 .refused_by<rail::v1::TrainIsFull>()
                                 .undo(+[](const Trip& trip) -> rail::v1::ReleaseSeat {
                                   if (trip.id == "7") throw 7;
                                   throw std::runtime_error("no such seat");
                                 })
                                 .within(30s));
  engine_.add(broken);
  for (int i = 0; i < 300; ++i) begin(broken, trip(std::to_string(i)));
  const auto good = begin(book_trip(), trip("t1"));
  pass(31s);
  for (int looks = 0; looks < 5; ++looks) engine_.look(pool_, 64, soon());
  EXPECT_EQ(status(good), "compensating");
  EXPECT_EQ(sql("SELECT count(*) FROM waybill.saga WHERE needs_operator IS NOT NULL"), "300\n");
}

// Every look is a few pages of the index, however many sagas wait or have ended.
TEST_F(SagaDeadlines, are_found_by_the_index) {
  begin(book_trip(), trip("t1"));
  sql("INSERT INTO waybill.saga (id, type, version, key, status, state, deadline_at, look_at, revision, "
      "begun_at, changed_at) SELECT gen_random_uuid(), type, version, 'n' || n, status, state, deadline_at, "
      "look_at + interval '1 hour', 1, begun_at, changed_at FROM waybill.saga, generate_series(1, 20000) AS "
      "n");
  sql("ANALYZE waybill.saga");
  const auto read = [&] {
    pool_.transact([](postgres::Tx& tx) { tx.execute("SELECT pg_stat_force_next_flush()"); }, soon());
    return std::stoll(
        sql("SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = 'saga_to_look_at'"));
  };
  const auto before = read();
  for (int i = 0; i < 10; ++i) engine_.look(pool_, 64, soon());
  EXPECT_LT(read() - before, 100);
}

TEST_F(SagaDeadlines, delete_what_has_ended_long_ago_and_nothing_that_has_not) {
  const auto retired = quick_trip(30s, 10s, 7);
  Engine older({}, sender_);
  older.add(book_trip()).add(retired);
  const auto ended = begin(book_trip(), trip("t1"));
  deliver({answer(ended, "seat", rail::v1::TrainIsFull{})});
  const auto abandoned = begin(book_trip(), trip("t2"));
  outbox::transact(
      pool_, sender_,
      [&](outbox::Scope& scope) { engine_.operate(scope, abandoned, input::Order::abandon, ""); }, soon());
  const auto of_old = outbox::transact(
      pool_, sender_, [&](outbox::Scope& scope) { return older.begin(scope, retired, "t3", trip("t3")); },
      soon());
  deliver(older, {answer(of_old, "seat", rail::v1::TrainIsFull{})});
  sql("UPDATE waybill.saga SET look_at = look_at - interval '29 days'");
  engine_.look(pool_, 64, soon());
  EXPECT_EQ(sql("SELECT count(*) FROM waybill.saga"), "3\n");
  sql("UPDATE waybill.saga SET look_at = look_at - interval '1 day'");
  engine_.look(pool_, 64, soon());
  EXPECT_EQ(sql("SELECT key FROM waybill.saga"), "t2\n");
}

// A journal that is never dropped fills the disk; one that is dropped too early tells no story.
TEST_F(SagaDeadlines, drop_what_the_journal_need_not_keep_and_no_more) {
  for (const std::string days : {"31", "30"}) {
    sql("DO $$ DECLARE day date := (clock_timestamp() AT TIME ZONE 'UTC')::date - " + days +
        "; BEGIN EXECUTE format('CREATE TABLE waybill.%I PARTITION OF waybill.saga_journal FOR VALUES FROM "
        "(%L) TO (%L)', 'saga_journal_' || to_char(day, 'YYYYMMDD'), day::timestamp AT TIME ZONE 'UTC', "
        "(day + 1)::timestamp AT TIME ZONE 'UTC'); END $$");
  }
  const auto partitions = [&] {
    return sql("SELECT count(*) FROM pg_inherits WHERE inhparent = 'waybill.saga_journal'::regclass");
  };
  EXPECT_EQ(partitions(), "7\n");
  engine_.maintain(pool_, std::chrono::days{30}, soon());
  EXPECT_EQ(partitions(), "6\n");
}

// They would wait for ever, and nobody would know.
TEST_F(SagaDeadlines, that_nobody_can_take_since_nobody_knows_their_definition_are_told_of) {
  const auto retired = quick_trip(30s, 10s, 7);
  Engine older({}, sender_);
  older.add(retired);
  outbox::transact(
      pool_, sender_, [&](outbox::Scope& scope) { older.begin(scope, retired, "t1", trip("t1")); }, soon());
  const telemetry::LogCapture log;
  engine_.maintain(pool_, std::chrono::days{30}, soon());
  EXPECT_EQ(log.count("sagas_wait_for_a_program_that_knows_them"), 0U);
  pass(90s);
  engine_.maintain(pool_, std::chrono::days{30}, soon());
  EXPECT_EQ(log.field("sagas_wait_for_a_program_that_knows_them", "version"), "7");
}

// The journal's upkeep may fail for days; sagas go on.
TEST_F(SagaDeadlines, come_while_the_journals_tables_cannot_be_made) {
  sql("CREATE OR REPLACE FUNCTION waybill.make_saga_journal(ahead integer DEFAULT 3) RETURNS SETOF text "
      "LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$");
  const auto quick = quick_trip(50ms, 50ms, 2);
  engine_.add(quick);
  const auto saga = begin(quick, trip("t1"));
  Deadlines deadlines(engine_, pool_, {.look_every = 10ms});
  EXPECT_TRUE(testkit::eventually([&] { return status(saga) == "compensating"; }));
}

TEST_F(SagaDeadlines, run_by_themselves_and_keep_the_journals_tables) {
  const auto quick = quick_trip(50ms, 50ms, 2);
  engine_.add(quick);
  sql("DO $$ DECLARE name text; BEGIN FOR name IN SELECT inhrelid::regclass FROM pg_inherits "
      "WHERE inhparent = 'waybill.saga_journal'::regclass ORDER BY inhrelid::regclass::text DESC LIMIT 2 "
      "LOOP "
      "EXECUTE 'DROP TABLE ' || name; END LOOP; END $$");
  Deadlines deadlines(engine_, pool_, {.look_every = 10ms});
  const auto saga = begin(quick, trip("t1"));
  EXPECT_TRUE(testkit::eventually([&] { return status(saga) == "compensating"; }));
  EXPECT_TRUE(testkit::eventually([&] {
    return sql("SELECT count(*) FROM pg_inherits WHERE inhparent = 'waybill.saga_journal'::regclass") ==
           "5\n";
  }));
  deadlines.stop();
}

// Whichever of the two has the row first decides; the other one sees that, and does nothing.
TEST_F(SagaDeadlines, and_answers_that_come_together_make_one_step_a_thousand_times) {
  constexpr int sagas = 1'000;
  const auto quick = quick_trip(1ms, 1h, 2);
  engine_.add(quick);
  std::vector<base::Uuid> all;
  for (int i = 0; i < sagas; ++i) all.push_back(begin(quick, trip("t" + std::to_string(i))));
  std::barrier together(2);
  std::thread looking([&] {
    for (int i = 0; i < sagas; ++i) {
      together.arrive_and_wait();
      engine_.look(pool_, 1, soon());
    }
  });
  for (const auto& saga : all) {
    // The only one that is due, for both to find.
    sql("UPDATE waybill.saga SET look_at = CASE WHEN id = '" + saga.to_string() +
        "' THEN clock_timestamp() ELSE 'infinity' END WHERE look_at < 'infinity' OR id = '" +
        saga.to_string() + "'");
    together.arrive_and_wait();
    deliver({seat_reserved(saga)});
  }
  looking.join();
  const auto answered =
      std::stoi(sql("SELECT count(*) FROM waybill.saga_journal WHERE outcome = 'step_done'"));
  const auto timed_out = std::stoi(
      sql("SELECT count(*) FROM waybill.saga_journal WHERE outcome = 'step_timed_out' AND revision = 2"));
  EXPECT_EQ(sql("SELECT count(*) FROM waybill.saga_journal WHERE revision = 2 AND outcome IN "
                "('step_done', 'step_timed_out')"),
            std::to_string(sagas) + "\n");
  RecordProperty("answered", answered);
  RecordProperty("timed_out", timed_out);
  EXPECT_GT(answered, 0);
  EXPECT_GT(timed_out, 0);
  // One of both was sent for each, never both.
  EXPECT_EQ(sql("SELECT count(*), count(DISTINCT key) FROM waybill.outbox WHERE type IN "
                "('bank.v1.ChargeCard', 'rail.v1.ReleaseSeat')"),
            std::to_string(sagas) + "|" + std::to_string(sagas) + "\n");
}

}  // namespace
}  // namespace waybill::saga::testing
