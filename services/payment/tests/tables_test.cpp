#include <gmock/gmock.h>

#include <stdexcept>
#include <string>

#include "payment_fixture.hpp"

// What the tables refuse, whoever asks: a mistake in the program must not get into the books either.

namespace shop::payment {
namespace {

using ::testing::HasSubstr;

class Tables : public PaymentFixture {
 protected:
  void insert_payment() const {
    database_.sql(
        "INSERT INTO payment (id, saga, step, epoch, order_id, amount_minor, currency, state) "
        "VALUES ('00000000-0000-7000-8000-000000000001', gen_random_uuid(), 'pay', 1, gen_random_uuid(), "
        "        5, 'EUR', 'charged')");
  }
  void insert_transfer(const std::string& rest) const {
    database_.sql(
        "INSERT INTO ledger_transfer (id, payment_id, kind, debit, credit, amount_minor, currency) "
        "VALUES (gen_random_uuid(), '00000000-0000-7000-8000-000000000001', " +
        rest + ")");
  }
  std::string refusal(const std::string& statement) const {
    try {
      database_.sql(statement);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "was taken";
  }
};

TEST_F(Tables, take_each_transfer_of_a_payment_once_and_only_between_two_accounts) {
  migrate();
  insert_payment();
  insert_transfer("'capture', 'provider:clearing', 'shop:revenue', 5, 'EUR'");
  insert_transfer("'refund', 'shop:revenue', 'provider:clearing', 5, 'EUR'");
  EXPECT_EQ(ledger(), "provider:clearing EUR 0|shop:revenue EUR 0\n");
  for (const auto* const wrong : {"'capture', 'provider:clearing', 'shop:revenue', 5, 'EUR'",
                                  "'refund', 'shop:revenue', 'provider:clearing', 5, 'EUR'"}) {
    EXPECT_THROW(insert_transfer(wrong), std::runtime_error) << wrong;
  }
  // Another payment, so that nothing but what is named here is wrong.
  database_.sql(
      "UPDATE payment SET id = id WHERE false; "
      "INSERT INTO payment (id, saga, step, epoch, order_id, amount_minor, currency, state) "
      "VALUES ('00000000-0000-7000-8000-000000000002', gen_random_uuid(), 'pay', 1, gen_random_uuid(), "
      "        5, 'EUR', 'charged')");
  const std::string to_other =
      "INSERT INTO ledger_transfer (id, payment_id, kind, debit, credit, amount_minor, currency) "
      "VALUES (gen_random_uuid(), '00000000-0000-7000-8000-000000000002', ";
  for (const auto* const wrong : {"'capture', 'provider:clearing', 'provider:clearing', 5, 'EUR')",
                                  "'capture', 'provider:clearing', 'shop:revenue', 0, 'EUR')",
                                  "'capture', 'provider:clearing', 'shop:revenue', -5, 'EUR')",
                                  "'capture', 'provider:clearing', 'shop:revenue', 5, 'eur')",
                                  "'capture', 'provider:clearing', 'shop:revenue', 5, NULL)",
                                  "'capture', 'provider:clearing', NULL, 5, 'EUR')",
                                  "'capture', 'provider:clearing', 'pocket', 5, 'EUR')",
                                  "'bonus', 'provider:clearing', 'shop:revenue', 5, 'EUR')"}) {
    EXPECT_NE(refusal(to_other + wrong), "was taken") << wrong;
  }
}

TEST_F(Tables, change_nothing_that_stands_in_the_ledger) {
  migrate();
  insert_payment();
  insert_transfer("'capture', 'provider:clearing', 'shop:revenue', 5, 'EUR'");
  for (const auto* const statement :
       {"UPDATE ledger_transfer SET amount_minor = 6", "DELETE FROM ledger_transfer",
        "TRUNCATE ledger_transfer", "TRUNCATE payment CASCADE"}) {
    EXPECT_THAT(refusal(statement), HasSubstr("the ledger is only added to")) << statement;
  }
  EXPECT_THAT(refusal("DELETE FROM payment"), HasSubstr("foreign key"));
  EXPECT_EQ(ledger(), "provider:clearing EUR 5|shop:revenue EUR -5\n");
}

}  // namespace
}  // namespace shop::payment
