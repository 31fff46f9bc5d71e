#include <gmock/gmock.h>

#include <thread>

#include "relay_fixture.hpp"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/telemetry/log_capture.hpp"
#include "waybill/testkit/eventually.hpp"

// Messages for later, and the partitions of what was sent.

namespace waybill::outbox::testing {
namespace {

using ::testing::ElementsAre;

class RelayScheduled : public RelayFixture {
 protected:
  void schedule(const std::string& payload, const std::string& in, const std::string& message_id) const {
    database_.sql(
        "INSERT INTO waybill.scheduled (due_at, key, message_id, kind, type, exchange, routing_key, "
        "payload) VALUES (clock_timestamp() + interval '" +
        in + "', 'a', " + message_id + ", 'reminder', 'test.v1.Do', 'commands', 'stock', '" + payload + "')");
  }
};

TEST_F(RelayScheduled, messages_go_when_they_are_due_in_the_order_of_their_times) {
  schedule("later", "-1 second", "NULL");
  schedule("sooner", "-2 seconds", "NULL");
  schedule("tomorrow", "1 day", "NULL");
  const auto publisher = this->publisher();
  Relay relay(relay_options(), *publisher);
  EXPECT_THAT(arrived("stock", 2), ElementsAre("sooner", "later"));
  ASSERT_TRUE(comes_to_rest());
  EXPECT_EQ(count("scheduled"), 1);
}

TEST_F(RelayScheduled, messages_that_the_outbox_refuses_hold_up_no_others) {
  database_.sql(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;"
      "CREATE TRIGGER refuse BEFORE INSERT ON waybill.outbox FOR EACH ROW "
      "  WHEN (NEW.kind = 'reminder') EXECUTE FUNCTION refuse()");
  schedule("later", "-1 second", "NULL");
  const telemetry::LogCapture log;
  const auto publisher = this->publisher();
  Relay relay(relay_options(), *publisher);
  EXPECT_TRUE(testkit::eventually([&] { return log.count("outbox_not_promoted") > 0; }));
  commit({event("a", "1")});
  EXPECT_THAT(arrived("all", 1), ElementsAre("1"));
  EXPECT_EQ(log.count("relay_leads"), 1U);
  database_.sql("DROP TRIGGER refuse ON waybill.outbox");
  EXPECT_THAT(arrived("stock", 1), ElementsAre("later"));
}

// The inbox knows a retry by its message's id; a reminder's id has to be of the time when it is sent.
TEST_F(RelayScheduled, a_retry_keeps_its_id_and_a_reminder_gets_one_of_now) {
  const std::string id = "01890000-0000-7000-8000-000000000001";
  schedule("retry", "-2 seconds", "'" + id + "'");
  schedule("reminder", "-1 second", "NULL");
  const auto publisher = this->publisher();
  Relay relay(relay_options(), *publisher);
  ASSERT_TRUE(testkit::eventually([&] { return broker_.counts("stock").total() == 2; }));
  const auto taken = broker_.take("stock", 2);
  EXPECT_EQ(taken.front().message_id, id);
  const auto given = base::Uuid::parse(taken.back().message_id);
  ASSERT_TRUE(given);
  EXPECT_LT(base::system_clock().wall() - *base::time_of(*given), 1min);
}

TEST_F(RelayScheduled, partitions_are_made_ahead_and_dropped_when_they_are_too_old) {
  database_.sql(
      "CREATE TABLE waybill.outbox_sent_20200101 PARTITION OF waybill.outbox_sent "
      "FOR VALUES FROM ('2020-01-01 00:00Z') TO ('2020-01-02 00:00Z')");
  auto ahead = "waybill.outbox_sent_" +
               database_.sql("SELECT to_char(now() AT TIME ZONE 'UTC' + interval '2 days', 'YYYYMMDD')");
  ahead.pop_back();
  database_.sql("DROP TABLE " + ahead);
  const auto publisher = this->publisher();
  Relay relay(relay_options(), *publisher);
  EXPECT_TRUE(testkit::eventually([&] {
    return database_.sql("SELECT to_regclass('" + ahead +
                         "') IS NOT NULL, "
                         "to_regclass('waybill.outbox_sent_20200101') IS NULL") == "t|t\n";
  }));
}

// A backup, say, for hours.
TEST_F(RelayScheduled, a_partition_that_somebody_reads_is_dropped_later_and_holds_up_no_row) {
  database_.sql(
      "CREATE TABLE waybill.outbox_sent_20200101 PARTITION OF waybill.outbox_sent "
      "FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2020-01-02 00:00+00')");
  const auto publisher = this->publisher();
  pool_.transact(
      [&](postgres::Tx& backup) {
        backup.execute("LOCK TABLE waybill.outbox_sent IN ACCESS SHARE MODE");
        const Relay relay(relay_options(), *publisher);
        std::jthread([&] { commit({event("a", "1")}); }).join();
        EXPECT_THAT(arrived("all", 1), ElementsAre("1"));
      },
      soon());
  const Relay relay(relay_options(), *publisher);
  EXPECT_TRUE(testkit::eventually(
      [&] { return database_.sql("SELECT to_regclass('waybill.outbox_sent_20200101') IS NULL") == "t\n"; }));
}

// Nobody made today's partition, because the process slept over midnight, say.
TEST_F(RelayScheduled, a_missing_partition_of_today_is_made_when_an_event_needs_it) {
  const auto publisher = this->publisher();
  Relay relay(relay_options(), *publisher);
  commit({event("a", "1")});
  ASSERT_TRUE(comes_to_rest());
  database_.sql("DROP TABLE waybill.outbox_sent_" +
                database_.sql("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD')"));
  commit({event("a", "2")});
  ASSERT_TRUE(comes_to_rest());
  EXPECT_EQ(count("outbox_sent"), 1);
}

}  // namespace
}  // namespace waybill::outbox::testing
