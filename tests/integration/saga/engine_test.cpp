#include <gmock/gmock.h>

#include <limits>
#include <stdexcept>

#include "bank/v1/bank.contract.hpp"
#include "bank/v1/bank.pb.h"
#include "rail/v1/rail.contract.hpp"
#include "rail/v1/rail.pb.h"
#include "saga_fixture.hpp"
#include "trip/v1/trip.contract.hpp"
#include "trip/v1/trip.pb.h"
#include "waybill/inbox/fault.hpp"
#include "waybill/telemetry/metrics.hpp"
#include "waybill/testkit/eventually.hpp"

// Sagas in a real PostgreSQL: what is stored, sent and written into the journal for each input.

namespace waybill::saga::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SagaEngine : public SagaFixture {
 protected:
  base::Uuid begun(const std::string& id = "t1") {
    const auto saga = begin(book_trip(), trip(id));
    sent();
    return saga;
  }
  base::Uuid paid(const std::string& id = "t1") {
    const auto saga = begun(id);
    deliver({seat_reserved(saga), answer(saga, "pay", bank::v1::CardCharged{})});
    sent();
    return saga;
  }
  static message::Envelope seat_reserved(const base::Uuid& saga, std::uint32_t epoch = 1) {
    rail::v1::SeatReserved reserved;
    reserved.set_seat("12A");
    reserved.set_price_minor(4'900);
    return answer(saga, "seat", reserved, epoch);
  }
  static message::Envelope ticket_issued(const base::Uuid& saga) {
    rail::v1::TicketIssued issued;
    issued.set_ticket("T-1");
    return answer(saga, "ticket", issued);
  }
  static message::Envelope cancel(const std::string& id) {
    trip::v1::CancelTrip command;
    command.set_trip_id(id);
    return envelope_of(command);
  }
  Cancellation call_off(const Engine& engine, const std::string& key) {
    return outbox::transact(
        pool_, sender_, [&](outbox::Scope& scope) { return engine.cancel(scope, "book-trip", key, "web"); },
        soon());
  }
  Operation operate(const base::Uuid& saga, input::Order order) {
    return outbox::transact(
        pool_, sender_, [&](outbox::Scope& scope) { return engine_.operate(scope, saga, order, "because"); },
        soon());
  }
  std::string where(const std::string& what, const base::Uuid& saga) const {
    return sql("SELECT " + what + " FROM waybill.saga WHERE id = '" + saga.to_string() + "'");
  }
};

TEST_F(SagaEngine, goes_through_its_steps_and_keeps_what_the_answers_say) {
  const auto saga = begin(book_trip(), trip("t1"));
  EXPECT_EQ(sent(), "ReserveSeat");
  deliver({seat_reserved(saga)});
  EXPECT_EQ(sent(), "ChargeCard");
  EXPECT_EQ(where("state->'data'->>'seat', state->'data'->>'price_minor', state->>'at', key", saga),
            "12A|4900|pay|t1\n");
  deliver({answer(saga, "pay", bank::v1::CardCharged{})});
  EXPECT_EQ(sent(), "IssueTicket");
  deliver({ticket_issued(saga)});
  EXPECT_EQ(sent(), "TripBooked");
  EXPECT_EQ(status(saga), "completed");
  EXPECT_EQ(outcomes(saga), "begun step_done step_done step_done");
}

// What a participant gets is all that it needs to act once, and to be found again.
TEST_F(SagaEngine, sends_commands_with_saga_step_epoch_key_and_the_limit_as_their_expiry) {
  const auto saga = begin(book_trip(), trip("t1"));
  const auto row =
      sql("SELECT exchange, routing_key, key, headers->>'sagaid', headers->>'sagastep', "
          "headers->>'sagaepoch', headers->>':reply_to', headers->>':correlation_id', "
          "round(extract(epoch FROM (headers->>'cloudEvents_expirytime')::timestamptz - "
          "(SELECT begun_at FROM waybill.saga))) FROM waybill.outbox");
  EXPECT_EQ(row, "commands|rail|t1|" + saga.to_string() + "|seat|1|trip|t1|30\n");
}

TEST_F(SagaEngine, undoes_what_was_done_when_a_step_is_refused) {
  const auto saga = begun();
  deliver({seat_reserved(saga)});
  sent();
  bank::v1::CardDeclined declined;
  declined.set_why("no money");
  deliver({answer(saga, "pay", declined)});
  EXPECT_EQ(sent(), "ReleaseSeat");
  EXPECT_EQ(status(saga), "compensating");
  deliver({answer(saga, "seat", rail::v1::SeatReleased{})});
  EXPECT_EQ(sent(), "TripCalledOff");
  EXPECT_EQ(status(saga), "compensated");
  EXPECT_EQ(where("state->'cause'->>'kind', state->'cause'->>'step'", saga), "refused|pay\n");
}

TEST_F(SagaEngine, takes_the_answers_of_many_sagas_in_one_transaction_each_to_its_own) {
  std::vector<message::Envelope> answers;
  std::vector<base::Uuid> sagas;
  for (int i = 0; i < 40; ++i) sagas.push_back(begun("t" + std::to_string(i)));
  for (const auto& saga : sagas) answers.push_back(seat_reserved(saga));
  for (const auto& saga : sagas) answers.push_back(answer(saga, "pay", bank::v1::CardCharged{}));
  deliver(answers);
  EXPECT_EQ(sql("SELECT count(*), min(revision), max(revision), min(state->>'at') FROM waybill.saga"),
            "40|3|3|ticket\n");
  EXPECT_EQ(sql("SELECT type, count(*) FROM waybill.outbox GROUP BY type ORDER BY type"),
            "bank.v1.ChargeCard|40\nrail.v1.IssueTicket|40\n");
}

TEST_F(SagaEngine, takes_no_notice_of_copies_late_answers_other_epochs_and_its_own_end) {
  const auto saga = begun();
  deliver({seat_reserved(saga)});
  sent();
  deliver({seat_reserved(saga), seat_reserved(saga, 2)});
  EXPECT_EQ(outcomes(saga), "begun step_done repeated other_epoch");
  pass(61s);
  EXPECT_EQ(look(), 1U);
  EXPECT_EQ(sent(), "RefundCard");
  deliver({answer(saga, "pay", bank::v1::CardCharged{})});
  deliver({answer(saga, "pay", bank::v1::CardRefunded{}), answer(saga, "seat", rail::v1::SeatReleased{}),
           answer(saga, "seat", rail::v1::SeatReleased{})});
  EXPECT_EQ(outcomes(saga),
            "begun step_done repeated other_epoch step_timed_out late step_undone step_undone has_ended");
  EXPECT_EQ(sent(), "ReleaseSeat TripCalledOff");
}

TEST_F(SagaEngine, counts_and_passes_over_answers_for_sagas_that_are_not_there) {
  telemetry::Metrics metrics;
  Engine engine({}, sender_, Probe(metrics));
  engine.add(book_trip());
  deliver(engine, {seat_reserved(base::Uuid::parse("01890a5d-ac96-774b-bcce-b302099a8057").value())});
  EXPECT_THAT(metrics.render(), HasSubstr("waybill_saga_unknown_sagas_total 1"));
}

// A dead letter says what is wrong; retries would not help.
TEST_F(SagaEngine, gives_up_answers_that_cannot_be_meant) {
  const auto saga = begun();
  EXPECT_THROW(deliver({envelope_of(rail::v1::SeatReserved{})}), inbox::Permanent);
  EXPECT_THROW(deliver({answer(saga, "no-step", rail::v1::SeatReserved{})}), inbox::Permanent);
  EXPECT_THROW(deliver({answer(saga, "seat", bank::v1::CardCharged{})}), inbox::Permanent);
  EXPECT_EQ(outcomes(saga), "begun");
}

TEST_F(SagaEngine, refuses_a_second_saga_of_one_key) {
  begun();
  try {
    begun();
    FAIL();
  } catch (const postgres::Fault& fault) {
    EXPECT_TRUE(fault.is_unique_violation()) << fault.what();
  }
}

TEST_F(SagaEngine, is_cancelled_until_its_point_of_no_return_and_answers_who_cancels) {
  const auto saga = begun("early");
  deliver({cancel("early")});
  EXPECT_EQ(sent(), "ReleaseSeat CancellationAccepted");
  deliver({cancel("early")});
  EXPECT_EQ(sent(), "CancellationAccepted");
  const auto late = paid("late");
  deliver({cancel("late"), cancel("nobody")});
  EXPECT_EQ(sql("SELECT type, exchange, routing_key, convert_from(payload, 'UTF8') FROM waybill.outbox "
                "ORDER BY id"),
            "trip.v1.CancellationRefused|replies|partner|{}\n"
            "trip.v1.CancellationRefused|replies|partner|{\"isUnknown\":true}\n");
  EXPECT_EQ(status(saga), "compensating");
  EXPECT_EQ(status(late), "running");
}

TEST_F(SagaEngine, is_cancelled_by_a_call_as_well) {
  begun("t1");
  paid("t2");
  EXPECT_EQ(call_off(engine_, "t1"), Cancellation::accepted);
  EXPECT_EQ(call_off(engine_, "t1"), Cancellation::accepted);
  EXPECT_EQ(call_off(engine_, "t2"), Cancellation::too_late);
  EXPECT_EQ(call_off(engine_, "t3"), Cancellation::unknown);
}

// The program may be older than the saga, and know no more than that it is over, or is not.
TEST_F(SagaEngine, is_cancelled_by_a_program_that_does_not_know_its_version_when_that_can_be_told) {
  const auto newer = quick_trip(30s, 10s, 2);
  engine_.add(newer);
  begin(newer, trip("under way"));
  deliver({answer(begin(newer, trip("over")), "seat", rail::v1::TrainIsFull{})});
  Engine old({}, sender_);
  old.add(book_trip());
  EXPECT_EQ(call_off(old, "under way"), Cancellation::not_now);
  EXPECT_EQ(call_off(old, "over"), Cancellation::too_late);
}

TEST_F(SagaEngine, obeys_operators_and_says_what_is_not_possible) {
  const auto saga = begun();
  EXPECT_EQ(operate(saga, input::Order::retry), Operation::done);
  EXPECT_EQ(sent(), "ReserveSeat");
  EXPECT_EQ(operate(saga, input::Order::resume), Operation::not_possible);
  EXPECT_EQ(operate(saga, input::Order::abandon), Operation::done);
  EXPECT_EQ(status(saga), "abandoned");
  EXPECT_EQ(where("look_at", saga), "infinity\n");
  EXPECT_EQ(operate(saga, input::Order::resume), Operation::done);
  EXPECT_EQ(sent(), "ReserveSeat");
  EXPECT_EQ(operate(saga, input::Order::compensate), Operation::done);
  EXPECT_EQ(sent(), "ReleaseSeat");
  EXPECT_EQ(operate(paid("t2"), input::Order::compensate), Operation::too_late);
  EXPECT_EQ(operate(base::Uuid{}, input::Order::retry), Operation::unknown);
}

TEST_F(SagaEngine, is_found_by_its_key_with_what_it_remembers) {
  const auto saga = paid("t7");
  const auto found =
      pool_.transact([&](postgres::Tx& tx) { return engine_.find(tx, "book-trip", "t7"); }, soon());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, saga);
  EXPECT_EQ(found->step, "ticket");
  EXPECT_EQ(found->instance.data.as<Trip>().seat, "12A");
  EXPECT_FALSE(pool_.transact([&](postgres::Tx& tx) { return engine_.find(tx, "book-trip", "t8"); }, soon()));
}

TEST_F(SagaEngine, tells_its_story_in_words) {
  const auto saga = begun();
  deliver({seat_reserved(saga)});
  pass(61s);
  look();
  deliver({answer(saga, "pay", bank::v1::CardRefunded{})});
  deliver({answer(saga, "seat", rail::v1::SeatReleased{})});
  std::vector<std::string> words;
  for (const auto& entry :
       pool_.transact([&](postgres::Tx& tx) { return Engine::journal(tx, saga); }, soon())) {
    words.push_back(in_words(entry));
  }
  EXPECT_THAT(
      words, ElementsAre(
                 "it began, step 'seat' was asked for",
                 "SeatReserved came from step 'seat', step 'pay' was asked for",
                 "its deadline came, the step was not answered in time, the undo of step 'pay' was asked for",
                 "CardRefunded came from step 'pay', the undo of step 'seat' was asked for",
                 "SeatReleased came from step 'seat', it is compensated"));
}

// What nobody can store must not keep its neighbours, and not be tried for ever.
TEST_F(SagaEngine, takes_text_that_the_database_cannot_keep_for_the_answers_fault) {
  const auto saga = begun();
  rail::v1::SeatReserved reserved;
  reserved.set_seat(std::string("12\0A", 4));
  try {
    deliver({answer(saga, "seat", reserved)});
    FAIL();
  } catch (const postgres::Fault& fault) {
    EXPECT_EQ(fault.kind(), postgres::FaultKind::permanent) << fault.what();
  }
}

// JSON has no word for it: what was stored could not be read again.
TEST_F(SagaEngine, takes_a_number_that_is_none_for_the_answers_fault) {
  EXPECT_THROW(write_data(nlohmann::json{{"price", {1.0, std::numeric_limits<double>::quiet_NaN()}}}),
               std::runtime_error);
  EXPECT_EQ(write_data(nlohmann::json{{"price", 1.5}}), "{\"price\":1.5}");
}

// Where nobody looks after the journal for days, no answer is at fault.
TEST_F(SagaEngine, makes_the_tables_of_its_journal_where_nobody_has) {
  sql("DO $$ DECLARE name text; BEGIN FOR name IN SELECT inhrelid::regclass FROM pg_inherits "
      "WHERE inhparent = 'waybill.saga_journal'::regclass LOOP EXECUTE 'DROP TABLE ' || name; END LOOP; END "
      "$$");
  const auto saga = begun();
  deliver({seat_reserved(saga)});
  EXPECT_EQ(outcomes(saga), "begun step_done");
}

TEST_F(SagaEngine, writes_inputs_of_one_transaction_in_their_order) {
  const auto saga = begun();
  deliver({seat_reserved(saga), seat_reserved(saga), seat_reserved(saga, 2),
           answer(saga, "pay", bank::v1::CardCharged{})});
  EXPECT_EQ(sql("SELECT string_agg(outcome, ' ' ORDER BY at) FROM waybill.saga_journal"),
            "begun step_done repeated other_epoch step_done\n");
  EXPECT_EQ(sql("SELECT count(DISTINCT at), count(DISTINCT (type, version)) FROM waybill.saga_journal"),
            "5|1\n");
}

// A definition may be a temporary; the saga's transaction outlives it.
TEST_F(SagaEngine, begins_by_the_definition_that_it_was_given_itself) {
  telemetry::Metrics metrics;
  Engine engine({}, sender_, Probe(metrics));
  engine.add(book_trip());
  outbox::transact(
      pool_, sender_, [&](outbox::Scope& scope) { engine.begin(scope, book_trip(), "t1", trip("t1")); },
      soon());
  EXPECT_THAT(metrics.render(),
              HasSubstr("waybill_saga_inputs_total{saga=\"book-trip\",outcome=\"begun\"} 1"));
}

// Who catches what a definition throws may go on; half a saga must not be committed with it.
TEST_F(SagaEngine, that_cannot_begin_leaves_nothing_behind) {
  const auto broken =
      define<Trip>("broken", 1,
                   step<"seat">(+[](const Trip&) { return rail::v1::ReserveSeat{}; })
                       .on<rail::v1::SeatReserved>()
                       .refused_by<rail::v1::TrainIsFull>()
                       .nothing_to_undo()
                       .within(30s))
          .when_begun(+[](const Trip&) -> trip::v1::TripBooked { throw std::runtime_error("no such trip"); });
  engine_.add(broken);
  outbox::transact(
      pool_, sender_,
      [&](outbox::Scope& scope) {
        EXPECT_THROW(engine_.begin(scope, broken, "t1", trip("t1")), std::runtime_error);
        scope.tx().execute("SELECT 1");
      },
      soon());
  EXPECT_EQ(sql("SELECT (SELECT count(*) FROM waybill.saga), (SELECT count(*) FROM waybill.outbox), "
                "(SELECT count(*) FROM waybill.saga_journal)"),
            "0|0|0\n");
}

// In an upgrade, what only the new version takes reaches the old program as well.
TEST_F(SagaEngine, sends_back_answers_of_contracts_that_it_does_not_know_for_versions_that_it_does_not_know) {
  const auto newer = quick_trip(30s, 10s, 2);
  engine_.add(newer);
  const auto saga = begin(newer, trip("t1"));
  const auto ended = begin(newer, trip("t2"));
  deliver({answer(ended, "seat", rail::v1::TrainIsFull{})});
  sent();
  const auto older = define<Trip>("book-trip", 1,
                                  step<"pay">(+[](const Trip&) { return bank::v1::ChargeCard{}; })
                                      .on<bank::v1::CardCharged>()
                                      .refused_by<bank::v1::CardDeclined>()
                                      .undo(+[](const Trip&) { return bank::v1::RefundCard{}; })
                                      .within(30s));
  Engine old({}, sender_);
  old.add(older);
  deliver(old, {seat_reserved(saga)});
  EXPECT_EQ(sql("SELECT type, exchange, routing_key, headers->>'sagaid' FROM waybill.scheduled"),
            "rail.v1.SeatReserved|retry|trip.replies|" + saga.to_string() + "\n");
  deliver(old, {seat_reserved(ended)});
  EXPECT_EQ(sql("SELECT count(*) FROM waybill.scheduled"), "1\n") << "what has ended waits for nobody";
  const auto known = outbox::transact(
      pool_, sender_, [&](outbox::Scope& scope) { return old.begin(scope, older, "t3", trip("t3")); },
      soon());
  EXPECT_THROW(deliver(old, {seat_reserved(known)}), inbox::Permanent);
}

// Two processes go on with one saga in turn: what each has in memory of it is old when the other was at it.
TEST_F(SagaEngine, goes_by_the_row_and_not_by_what_it_remembers) {
  Engine other({}, sender_);
  other.add(book_trip());
  const auto saga = begun();
  deliver({seat_reserved(saga)});
  deliver(other, {answer(saga, "pay", bank::v1::CardCharged{})});
  deliver({ticket_issued(saga)});
  EXPECT_EQ(outcomes(saga), "begun step_done step_done step_done");
  EXPECT_EQ(where("status, state->'data'->>'seat', state->'data'->>'ticket'", saga), "completed|12A|T-1\n");
}

// What is rolled back was never remembered.
TEST_F(SagaEngine, remembers_nothing_of_a_transaction_that_is_rolled_back) {
  const auto saga = begun();
  deliver({seat_reserved(saga)});
  sent();
  EXPECT_THROW(deliver({answer(saga, "pay", bank::v1::CardCharged{}),
                        answer(saga, "no-step", bank::v1::CardCharged{})}),
               inbox::Permanent);
  deliver({answer(saga, "pay", bank::v1::CardCharged{})});
  EXPECT_EQ(sent(), "IssueTicket");
  EXPECT_EQ(where("revision, state->'data'->>'seat'", saga), "3|12A\n");
}

// Changes of a saga that is answered in time touch no index: that is what makes them cheap.
TEST_F(SagaEngine, changes_its_row_in_place_while_it_is_answered_in_time) {
  for (int i = 0; i < 20; ++i) {
    const auto saga = begun("t" + std::to_string(i));
    deliver({seat_reserved(saga)});
    deliver({answer(saga, "pay", bank::v1::CardCharged{})});
  }
  pool_.transact([](postgres::Tx& tx) { tx.execute("SELECT pg_stat_force_next_flush()"); }, soon());
  const auto in_place = [&] {
    return sql("SELECT n_tup_upd = 40, n_tup_hot_upd = n_tup_upd FROM pg_stat_user_tables "
               "WHERE schemaname = 'waybill' AND relname = 'saga'") == "t|t\n";
  };
  EXPECT_TRUE(testkit::eventually(in_place))
      << sql("SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'saga'");
}

}  // namespace
}  // namespace waybill::saga::testing
