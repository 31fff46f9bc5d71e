#include "migration_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sha256.hpp"

namespace waybill::postgres {
namespace {

using ::testing::ElementsAre;

const Migrations outbox{.module = "outbox",
                        .steps = {{1, "make", "CREATE"}, {2, "grow", "ALTER"}, {4, "index", "INDEX"}}};

AppliedMigration row(int number, const std::string& name, const std::string& sql) {
  return {"outbox", number, name, sha256(sql), base::WallTime{}};
}

std::vector<MigrationState> states(const std::vector<AppliedMigration>& applied) {
  std::vector<MigrationState> all;
  for (const auto& status : compare(outbox, applied)) all.push_back(status.state);
  return all;
}

std::string complaint(const std::vector<AppliedMigration>& applied) {
  try {
    refuse_what_is_wrong(compare(outbox, applied), "db:5432");
  } catch (const MigrationError& error) {
    return error.what();
  }
  return "";
}

TEST(MigrationPlan, a_fresh_database_has_all_pending) {
  EXPECT_THAT(states({}),
              ElementsAre(MigrationState::pending, MigrationState::pending, MigrationState::pending));
  EXPECT_EQ(complaint({}), "");
}

TEST(MigrationPlan, what_is_applied_stays_and_the_rest_is_pending) {
  EXPECT_THAT(states({row(1, "make", "CREATE"), row(2, "grow", "ALTER")}),
              ElementsAre(MigrationState::applied, MigrationState::applied, MigrationState::pending));
  EXPECT_EQ(complaint({row(1, "make", "CREATE"), row(2, "grow", "ALTER")}), "");
}

TEST(MigrationPlan, other_modules_rows_do_not_count) {
  auto other = row(7, "other", "x");
  other.module = "inbox";
  EXPECT_THAT(states({other}),
              ElementsAre(MigrationState::pending, MigrationState::pending, MigrationState::pending));
}

TEST(MigrationPlan, a_changed_one_is_refused) {
  EXPECT_THAT(states({row(1, "make", "CREATE TABLE")}),
              ElementsAre(MigrationState::changed, MigrationState::pending, MigrationState::pending));
  EXPECT_EQ(complaint({row(1, "make", "CREATE TABLE")}),
            "outbox's migration 0001_make was changed after it had been applied to db:5432. Put its text "
            "back as it was, and "
            "make the change in a new migration");
}

TEST(MigrationPlan, a_removed_one_is_refused) {
  EXPECT_THAT(states({row(3, "gone", "x")}), ElementsAre(MigrationState::too_late, MigrationState::too_late,
                                                         MigrationState::removed, MigrationState::pending));
  EXPECT_EQ(complaint({row(1, "make", "CREATE"), row(2, "grow", "ALTER"), row(3, "gone", "x")}),
            "outbox's migration 0003_gone was applied to db:5432 but is not among this program's. Put the "
            "file back, or run "
            "the newer program that has it");
}

TEST(MigrationPlan, a_new_one_before_an_applied_one_is_refused) {
  EXPECT_EQ(complaint({row(1, "make", "CREATE"), row(4, "index", "INDEX")}),
            "outbox's migration 0002_grow is new, but numbered before one that is applied to db:5432 "
            "already. Give it the "
            "next number");
}

TEST(MigrationPlan, an_unfinished_one_is_refused_with_both_ways_out) {
  auto half = row(1, "make", "CREATE");
  half.applied_at.reset();
  EXPECT_EQ(complaint({half}),
            "outbox's migration 0001_make was begun on db:5432 without a transaction and did not finish. See "
            "how far it came "
            "(an index that CREATE INDEX CONCURRENTLY left is INVALID, and must be dropped). Then have it "
            "run again: DELETE "
            "FROM waybill.migration WHERE module = 'outbox' AND number = 1, or, if all of it is there, "
            "record it as done: "
            "UPDATE waybill.migration SET applied_at = now() WHERE module = 'outbox' AND number = 1");
}

std::string refusal(std::vector<std::pair<std::string_view, std::string_view>> files) {
  try {
    make_migrations("outbox", files);
  } catch (const MigrationError& error) {
    return error.what();
  }
  return "";
}

TEST(Migrations, are_ordered_by_number) {
  const std::pair<std::string_view, std::string_view> files[] = {{"0010_b.sql", "B"}, {"0002_a.sql", "A"}};
  const auto migrations = make_migrations("m", files);
  EXPECT_EQ(migrations.steps.at(0).label(), "0002_a");
  EXPECT_EQ(migrations.steps.at(1).label(), "0010_b");
  EXPECT_EQ(migrations.steps.at(1).sql, "B");
}

TEST(Migrations, a_file_with_another_name_is_refused) {
  for (const auto* file :
       {"1_a.sql", "0001-a.sql", "0001_.sql", "0001_A.sql", "0000_a.sql", "-001_a.sql", "0001_a.txt", "a"})
    EXPECT_EQ(refusal({{file, ""}}),
              "the migrations of outbox hold a file \"" + std::string(file) +
                  "\": name it by number and purpose, like 0001_make_tables.sql (a-z, 0-9 and _)");
}

TEST(Migrations, a_number_that_comes_twice_is_refused) {
  EXPECT_EQ(refusal({{"0001_a.sql", ""}, {"0001_b.sql", ""}}),
            "the migrations of outbox have the number 1 twice, in 0001_a and 0001_b: renumber the newer one");
}

// A checkout on another system must not make every applied migration look changed.
TEST(Migrations, line_ends_do_not_change_the_checksum) {
  EXPECT_EQ((Migration{1, "a", "x\r\ny\r\n"}).checksum(), (Migration{1, "a", "x\ny\n"}).checksum());
  EXPECT_NE((Migration{1, "a", "x\ny\n"}).checksum(), (Migration{1, "a", "x\n\ny\n"}).checksum());
}

TEST(Migrations, the_marker_counts_only_as_a_line_of_its_own) {
  EXPECT_FALSE((Migration{1, "a", "-- about\n-- waybill: no transaction\nX"}).in_transaction());
  EXPECT_FALSE((Migration{1, "a", "-- waybill: no transaction"}).in_transaction());
  EXPECT_FALSE((Migration{1, "a", "-- waybill: no transaction\r\nX"}).in_transaction());
  EXPECT_TRUE((Migration{1, "a", "X -- waybill: no transaction\n"}).in_transaction());
  EXPECT_TRUE((Migration{1, "a", "-- waybill: no transactions\n"}).in_transaction());
}

TEST(Sha256, is_the_standards) {
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace waybill::postgres
