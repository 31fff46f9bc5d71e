#include <gmock/gmock.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "bank/v1/bank.contract.hpp"
#include "bank/v1/bank.pb.h"
#include "rail/v1/rail.contract.hpp"
#include "rail/v1/rail.pb.h"
#include "saga_fixture.hpp"

// A service's own rows follow its sagas, in the transaction that changes them.

namespace waybill::saga::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class SagaProjection : public SagaFixture {
 protected:
  SagaProjection() {
    sql("CREATE TABLE trips (key text PRIMARY KEY, status text)");
    engine_.project("book-trip", [this](postgres::Tx& tx, std::span<const Progress> sagas) {
      std::vector<std::string> called;
      for (const auto& saga : sagas) {
        called.push_back(saga.key + " " + std::string(to_string(saga.instance.status)) + " " +
                         saga.instance.data.as<Trip>().seat);
        tx.execute("INSERT INTO trips VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET status = $2", saga.key,
                   to_string(saga.instance.status));
      }
      calls_.push_back(called);
      if (throws_) throw std::runtime_error("there is no such order");
    });
  }
  static message::Envelope seat_reserved(const base::Uuid& saga) {
    rail::v1::SeatReserved reserved;
    reserved.set_seat("12A");
    return answer(saga, "seat", reserved);
  }

  std::vector<std::vector<std::string>> calls_;
  bool throws_ = false;
};

TEST_F(SagaProjection, is_told_once_of_all_that_a_transaction_has_changed) {
  const auto one = begin(book_trip(), Trip{.id = "t1"});
  const auto two = begin(book_trip(), Trip{.id = "t2"});
  EXPECT_THAT(calls_, ElementsAre()) << "who begins one knows it";
  deliver({seat_reserved(one), seat_reserved(two)});
  ASSERT_EQ(calls_.size(), 1U);
  EXPECT_THAT(calls_[0], UnorderedElementsAre("t1 running 12A", "t2 running 12A"));
  deliver({seat_reserved(one)});
  EXPECT_EQ(calls_.size(), 1U) << "nothing has changed";
}

TEST_F(SagaProjection, is_told_of_deadlines) {
  begin(book_trip(), Trip{.id = "t1"});
  pass(31s);
  EXPECT_EQ(look(), 1U);
  EXPECT_EQ(sql("SELECT * FROM trips"), "t1|compensating\n");
}

TEST_F(SagaProjection, that_throws_leaves_the_saga_as_it_was) {
  const auto saga = begin(book_trip(), Trip{.id = "t1"});
  throws_ = true;
  EXPECT_THROW(deliver({seat_reserved(saga)}), std::runtime_error);
  EXPECT_EQ(outcomes(saga), "begun");
  EXPECT_EQ(sql("SELECT count(*) FROM trips"), "0\n");
  throws_ = false;
  deliver({seat_reserved(saga)});
  EXPECT_EQ(sql("SELECT * FROM trips"), "t1|running\n");
}

}  // namespace
}  // namespace waybill::saga::testing
