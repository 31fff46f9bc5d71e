#include <gmock/gmock.h>

#include <sstream>

#include "bank/v1/bank.contract.hpp"
#include "bank/v1/bank.pb.h"
#include "rail/v1/rail.contract.hpp"
#include "rail/v1/rail.pb.h"
#include "saga_fixture.hpp"
#include "waybill/saga/history.hpp"

// What was recorded is played through a definition that is to take the place of the old one.

namespace waybill::saga::testing {
namespace {

using ::testing::HasSubstr;

class SagaHistory : public SagaFixture {
 protected:
  SagaHistory() {
    const auto good = begin(book_trip(), trip("t1"));
    rail::v1::SeatReserved reserved;
    reserved.set_seat("12A");
    deliver({answer(good, "seat", reserved), answer(good, "pay", bank::v1::CardCharged{}),
             answer(good, "ticket", rail::v1::TicketIssued{})});
    const auto timed_out = begin(book_trip(), trip("t2"));
    deliver({answer(timed_out, "seat", reserved)});
    outbox::transact(
        pool_, sender_,
        [&](outbox::Scope& scope) { engine_.operate(scope, timed_out, input::Order::retry, "now"); }, soon());
    outbox::transact(
        pool_, sender_, [&](outbox::Scope& scope) { engine_.cancel(scope, "book-trip", "t2", "web"); },
        soon());
    deliver({answer(timed_out, "pay", bank::v1::CardCharged{}),
             answer(timed_out, "pay", bank::v1::CardRefunded{}),
             answer(timed_out, "seat", rail::v1::SeatReleased{})});
  }
  std::string recorded() const {
    return sql("SELECT to_jsonb(line) FROM waybill.saga_journal AS line ORDER BY saga_id, revision, at");
  }
};

template <class T>
std::string text_of(const T& value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

TEST_F(SagaHistory, is_told_alike_by_the_definition_that_made_it) {
  const auto replayed = replay(book_trip(), recorded());
  EXPECT_TRUE(replayed) << replayed;
  EXPECT_EQ(replayed.sagas, 2U);
  EXPECT_EQ(replayed.inputs, 11U);
}

// A step more, and a saga that is under way would send what nobody expects.
TEST_F(SagaHistory, names_the_first_thing_that_a_new_definition_does_otherwise) {
  const auto shorter = define<Trip>("book-trip", 1,
                                    step<"seat">(+[](const Trip&) { return rail::v1::ReserveSeat{}; })
                                        .on<rail::v1::SeatReserved>()
                                        .refused_by<rail::v1::TrainIsFull>()
                                        .undo(+[](const Trip&) { return rail::v1::ReleaseSeat{}; })
                                        .within(30s),
                                    point_of_no_return,
                                    step<"ticket">(+[](const Trip&) { return rail::v1::IssueTicket{}; })
                                        .on<rail::v1::TicketIssued>()
                                        .resent_every(10s));
  const auto replayed = replay(shorter, recorded());
  ASSERT_FALSE(replayed);
  EXPECT_EQ(replayed.divergence->revision, 2);
  EXPECT_THAT(text_of(replayed), HasSubstr("recorded: step_done, running at step 'pay'"));
  EXPECT_THAT(text_of(replayed), HasSubstr("now:      step_done, running at step 'ticket'"));
}

TEST_F(SagaHistory, without_its_beginning_is_passed_over_and_counted) {
  sql("DELETE FROM waybill.saga_journal WHERE revision = 1");
  const auto replayed = replay(book_trip(), recorded());
  EXPECT_TRUE(replayed);
  EXPECT_EQ(replayed.skipped, 2U);
}

TEST_F(SagaHistory, that_nobody_has_written_is_refused) {
  EXPECT_THROW(replay(book_trip(), "{\"saga_id\": 5}\n"), std::exception);
  EXPECT_THROW(replay(book_trip(), "nonsense"), std::exception);
}

}  // namespace
}  // namespace waybill::saga::testing
