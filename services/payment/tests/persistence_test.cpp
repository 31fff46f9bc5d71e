#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <vector>

#include "payment_fixture.hpp"
#include "persistence/ledger.hpp"
#include "persistence/payments.hpp"
#include "waybill/postgres/pool.hpp"
#include "waybill/testkit/eventually.hpp"

// What is promised of the rows between two transactions that are at the same payment.

namespace shop::payment {
namespace {

using waybill::base::Deadline;
using waybill::postgres::Tx;

class Persistence : public PaymentFixture {
 protected:
  Persistence() { migrate(); }

  static Deadline soon() { return Deadline::after(std::chrono::seconds{20}); }
  Payment payment_of(const Reference& reference, State state) const {
    return {.id = new_uuid_v7(),
            .reference = reference,
            .order_id = new_uuid_v7(),
            .customer_id = "customer-1",
            .amount = Money{5, "EUR"},
            .state = state,
            .reply_address = state == State::pending ? std::optional("address") : std::nullopt};
  }
  std::future<std::vector<Payment>> load_elsewhere(const std::set<Reference>& references) {
    return std::async(std::launch::async, [this, references] {
      return pool_.transact([&](Tx& tx) { return payments::load_locked(tx, references); }, soon());
    });
  }
  bool somebody_waits() const {
    return database_.sql(
               "SELECT count(*) FROM pg_stat_activity "
               "WHERE datname = current_database() AND wait_event_type = 'Lock'") == "1\n";
  }

  const Reference reference_{new_uuid_v7(), "pay", 1};
  waybill::postgres::Pool pool_{{.url = database_.url(), .connections = 2, .allow_unsafe_durability = true}};
};

// There is no row to lock yet, and two that see none would both charge.
TEST_F(Persistence, makes_others_wait_for_a_payment_that_is_being_made) {
  const auto payment = payment_of(reference_, State::charged);
  std::future<std::vector<Payment>> elsewhere;
  pool_.transact(
      [&](Tx& tx) {
        EXPECT_TRUE(payments::load_locked(tx, {reference_}).empty());
        elsewhere = load_elsewhere({reference_});
        EXPECT_TRUE(waybill::testkit::eventually([&] { return somebody_waits(); }));
        payments::store(tx, std::vector{payment});
      },
      soon());
  EXPECT_EQ(elsewhere.get(), std::vector{payment});
}

TEST_F(Persistence, makes_others_wait_for_a_payment_that_is_being_changed) {
  auto payment = payment_of(reference_, State::pending);
  pool_.transact([&](Tx& tx) { payments::store(tx, std::vector{payment}); }, soon());
  std::future<std::vector<Payment>> elsewhere;
  pool_.transact(
      [&](Tx& tx) {
        EXPECT_EQ(payments::load_locked(tx, {reference_}), std::vector{payment});
        elsewhere = load_elsewhere({reference_});
        EXPECT_TRUE(waybill::testkit::eventually([&] { return somebody_waits(); }));
        payment.state = State::called_off;
        payment.reply_address.reset();
        payments::store(tx, std::vector{payment});
      },
      soon());
  EXPECT_EQ(elsewhere.get(), std::vector{payment});
  const auto ids = std::vector{payment.id, new_uuid_v7()};
  const auto references = pool_.transact([&](Tx& tx) { return payments::references_of(tx, ids); }, soon());
  EXPECT_EQ(references, (std::vector{std::pair{payment.id, reference_}}));
}

// The last line of defence, behind all locks.
TEST_F(Persistence, writes_no_second_payment_over_the_first) {
  const auto first = payment_of(reference_, State::charged);
  const auto second = payment_of(reference_, State::pending);
  const auto store = [&](const Payment& payment, const std::vector<Transfer>& transfers) {
    pool_.transact(
        [&](Tx& tx) {
          payments::store(tx, std::vector{payment});
          ledger::add(tx, transfers);
        },
        soon());
  };
  store(first, {*transfer_of(first, TransferKind::capture, new_uuid_v7())});
  store(second, {});
  EXPECT_THROW(store(second, {*transfer_of(second, TransferKind::capture, new_uuid_v7())}),
               waybill::postgres::Fault);
  EXPECT_EQ(pool_.transact([&](Tx& tx) { return payments::load_locked(tx, {reference_}); }, soon()),
            std::vector{first});
  EXPECT_EQ(ledger(), "provider:clearing EUR 5|shop:revenue EUR -5\n");
}

}  // namespace
}  // namespace shop::payment
