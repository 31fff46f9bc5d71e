#include <gmock/gmock.h>

#include "accept_fixture.hpp"
#include "waybill/testkit/eventually.hpp"

// Answers are given again for a day, and gone some time after; there is always room for new ones.

namespace waybill::accept::testing {
namespace {

class AcceptRetention : public AcceptFixture {
 protected:
  AcceptRetention() {
    // What time would have made.
    sql("DO $$ DECLARE day date; BEGIN FOR n IN 2..4 LOOP "
        "  day := (clock_timestamp() AT TIME ZONE 'UTC')::date - n; "
        "  EXECUTE format('CREATE TABLE waybill.%I PARTITION OF waybill.idempotency "
        "                  FOR VALUES FROM (%L) TO (%L)', 'idempotency_' || to_char(day, 'YYYYMMDD'), "
        "                 day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC'); "
        "END LOOP; END $$");
  }
  void pass(const std::string& time) const {
    sql("UPDATE waybill.idempotency SET created_at = created_at - interval '" + time + "'");
  }
  std::int64_t partitions() const {
    return count("pg_inherits WHERE inhparent = 'waybill.idempotency'::regclass");
  }
  void drop_all_partitions() const {
    sql("DO $$ DECLARE name text; BEGIN FOR name IN SELECT inhrelid::regclass::text FROM pg_inherits "
        "WHERE inhparent = 'waybill.idempotency'::regclass LOOP EXECUTE 'DROP TABLE ' || name; END LOOP; END "
        "$$");
  }
};

TEST_F(AcceptRetention, gives_an_answer_again_for_a_day_and_not_longer) {
  Acceptor acceptor(loop_, pool_, sender_);
  const auto first = ask(acceptor, "o-1");
  pass("23 hours 59 minutes");
  const auto repeat = ask(acceptor, "o-1");
  EXPECT_TRUE(is_replayed(repeat));
  EXPECT_EQ(essence(repeat), essence(first));
  pass("2 minutes");
  const auto anew = ask(acceptor, request("o-1", "another"), effect("o-2"));
  EXPECT_EQ(anew.status, 201);
  EXPECT_FALSE(is_replayed(anew));
  EXPECT_EQ(effects(), "o-1 o-2");
}

TEST_F(AcceptRetention, keeps_answers_longer_where_it_is_told_to) {
  AcceptorOptions options;
  options.keep = 72h;
  Acceptor acceptor(loop_, pool_, sender_, options);
  ask(acceptor, "o-1");
  pass("71 hours");
  EXPECT_TRUE(is_replayed(ask(acceptor, "o-1")));
}

TEST_F(AcceptRetention, drops_partitions_when_all_in_them_is_older_than_a_day) {
  {
    Acceptor acceptor(loop_, pool_, sender_, {.keep = 240h});
    ask(acceptor, "o-1");
    pass("49 hours");
    ask(acceptor, "o-2");
    pass("23 hours");
  }
  const auto before = partitions();
  Acceptor acceptor(loop_, pool_, sender_);
  ask(acceptor, "o-3");
  EXPECT_TRUE(testkit::eventually([&] { return partitions() < before; }));
  EXPECT_EQ(sql("SELECT string_agg(key, ' ' ORDER BY key) FROM waybill.idempotency"), "o-2 o-3");
  EXPECT_TRUE(is_replayed(ask(acceptor, "o-2")));
}

// Who calls it with too little would break the promise to clients.
TEST_F(AcceptRetention, drops_nothing_that_is_younger_whatever_it_is_told) {
  Acceptor acceptor(loop_, pool_, sender_);
  ask(acceptor, "o-1");
  pass("23 hours");
  sql("SELECT waybill.drop_idempotency('1 second')");
  EXPECT_EQ(count("waybill.idempotency"), 1);
  EXPECT_TRUE(is_replayed(ask(acceptor, "o-1")));
}

// A service that was stopped for a week finds partitions for none of the days to come.
TEST_F(AcceptRetention, makes_room_before_the_first_answer_that_needs_it) {
  drop_all_partitions();
  Acceptor acceptor(loop_, pool_, sender_);
  EXPECT_EQ(ask(acceptor, "o-1").status, 201);
  EXPECT_TRUE(is_replayed(ask(acceptor, "o-1")));
}

TEST_F(AcceptRetention, makes_room_when_an_answer_finds_none_and_does_the_request_once) {
  Acceptor acceptor(loop_, pool_, sender_);
  ask(acceptor, "before");
  EXPECT_TRUE(testkit::eventually([&] { return partitions() == 5; })) << "the upkeep has not begun";
  drop_all_partitions();
  std::vector<Answer> answers;
  for (int i = 0; i < 20; ++i) answers.push_back(send(acceptor, "o-" + std::to_string(i)));
  for (auto& one : answers) EXPECT_EQ(one.get().status, 201);
  EXPECT_EQ(count("effect"), 21);
  EXPECT_EQ(count("waybill.idempotency"), 20);
}

// The first of a day would fail at midnight otherwise.
TEST_F(AcceptRetention, has_room_for_three_days_ahead) {
  Acceptor acceptor(loop_, pool_, sender_);
  ask(acceptor, "o-1");
  EXPECT_EQ(sql("SELECT waybill.idempotency_room() BETWEEN 3 * 86400 AND 4 * 86400"), "t");
}

TEST_F(AcceptRetention, needs_no_right_to_change_tables) {
  const auto role = "clerk_" + database_.name();
  sql("CREATE ROLE " + role + " LOGIN PASSWORD 'p'; GRANT USAGE ON SCHEMA waybill TO " + role +
      "; GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA waybill TO " + role + "; GRANT INSERT ON effect TO " +
      role);
  drop_all_partitions();
  {
    postgres::Pool pool(database_options(database_.url_as(role, "p")));
    Acceptor acceptor(loop_, pool, sender_);
    EXPECT_EQ(ask(acceptor, "o-1").status, 201);
    EXPECT_TRUE(is_replayed(ask(acceptor, "o-1")));
  }
  sql("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

}  // namespace
}  // namespace waybill::accept::testing
