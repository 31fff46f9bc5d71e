#include "waybill/postgres/fault.hpp"

#include <gtest/gtest.h>

namespace waybill::postgres {
namespace {

struct Case {
  Evidence evidence;
  FaultKind kind;
};

TEST(Fault, every_evidence_has_its_kind) {
  using enum FaultKind;
  const Case cases[] = {
      {{.sqlstate = "40001"}, serialization},
      {{.sqlstate = "40P01"}, serialization},
      {{.sqlstate = "40001", .commit_sent = true}, serialization},
      {{.sqlstate = "40003"}, in_doubt},
      {{.sqlstate = "08007"}, in_doubt},
      {{.sqlstate = "40002"}, permanent},
      {{.sqlstate = "23505"}, permanent},
      {{.sqlstate = "23503", .commit_sent = true}, permanent},  // a deferred constraint
      {{.sqlstate = "42P01"}, permanent},
      {{.sqlstate = "42601"}, permanent},
      {{.sqlstate = "22P02"}, permanent},
      {{.sqlstate = "25P02"}, permanent},
      {{.sqlstate = "0A000"}, permanent},
      {{.sqlstate = "P0001"}, permanent},
      {{.sqlstate = "08P01"}, permanent},
      {{.sqlstate = "XX001"}, permanent},
      {{.sqlstate = "55P03"}, transient},
      {{.sqlstate = "57014"}, transient},
      {{.sqlstate = "25P03", .connection_lost = true}, transient},
      {{.sqlstate = "26000"}, transient},
      {{.sqlstate = "XX000"}, transient},
      {{.sqlstate = "08006"}, unavailable},
      {{.sqlstate = "08001"}, unavailable},
      {{.sqlstate = "28P01"}, unavailable},
      {{.sqlstate = "3D000"}, unavailable},
      {{.sqlstate = "53100"}, unavailable},
      {{.sqlstate = "53200"}, unavailable},
      {{.sqlstate = "53300"}, unavailable},
      {{.sqlstate = "53400"}, transient},
      {{.sqlstate = "57P01", .connection_lost = true}, unavailable},
      {{.sqlstate = "57P02", .connection_lost = true}, unavailable},
      {{.sqlstate = "57P03"}, unavailable},
      {{.sqlstate = "58030"}, unavailable},
      {{.sqlstate = "25006"}, unavailable},
      {{.connection_lost = true}, unavailable},
      {{.sqlstate = "P0001", .connection_lost = true}, unavailable},
      {{}, permanent},
  };
  for (const auto& [evidence, kind] : cases)
    EXPECT_EQ(classify(evidence), kind) << evidence.sqlstate << (evidence.connection_lost ? " lost" : "");
}

// A session may be ended after its commit record was written: no last word of the server tells.
TEST(Fault, a_connection_lost_after_commit_was_sent_is_in_doubt_whatever_the_server_said) {
  for (const auto* sqlstate : {"", "57P01", "40001", "23505", "XX000"})
    EXPECT_EQ(classify({.sqlstate = sqlstate, .connection_lost = true, .commit_sent = true}),
              FaultKind::in_doubt)
        << sqlstate;
}

TEST(Fault, knows_the_constraint_it_violates) {
  const Fault unique(FaultKind::permanent, "text", {.sqlstate = "23505", .constraint = "one_email"});
  EXPECT_TRUE(unique.is_unique_violation());
  EXPECT_FALSE(unique.is_foreign_key_violation());
  EXPECT_TRUE(unique.violates("one_email"));
  EXPECT_FALSE(unique.violates("another"));
  const Fault other(FaultKind::permanent, "text", {.sqlstate = "42704", .constraint = "one_email"});
  EXPECT_FALSE(other.violates("one_email"));
}

}  // namespace
}  // namespace waybill::postgres
