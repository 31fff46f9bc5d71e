#include "waybill/saga_simulation/rows.hpp"

#include <gtest/gtest.h>

namespace waybill::saga_simulation {
namespace {

message::SagaReference reference(std::uint8_t saga, std::string step, std::uint32_t epoch) {
  base::Uuid::Bytes bytes{};
  bytes[15] = saga;
  return {base::Uuid(bytes), std::move(step), epoch};
}

TEST(Rows, are_told_apart_by_saga_step_and_epoch) {
  Rows<int> rows;
  rows.insert(reference(1, "pay", 1), 10);
  rows.insert(reference(1, "pay", 2), 20);
  rows.insert(reference(2, "pay", 1), 30);
  rows.insert(reference(1, "seat", 1), 40);
  EXPECT_EQ(*rows.find(reference(1, "pay", 1)), 10);
  EXPECT_EQ(*rows.find(reference(1, "pay", 2)), 20);
  EXPECT_EQ(*rows.find(reference(2, "pay", 1)), 30);
  EXPECT_EQ(*rows.find(reference(1, "seat", 1)), 40);
  EXPECT_EQ(rows.find(reference(2, "seat", 1)), nullptr);
}

TEST(Rows, can_be_changed_and_gone_through) {
  Rows<int> rows;
  rows.insert(reference(1, "pay", 1), 1) += 1;
  *rows.find(reference(1, "pay", 1)) += 1;
  int sum = 0;
  for (const auto& [asked, row] : rows) sum += row;
  EXPECT_EQ(sum, 3);
}

// As the database's key refuses it.
TEST(RowsDeathTest, take_no_second_row_of_one_key) {
  Rows<int> rows;
  rows.insert(reference(1, "pay", 1), 1);
  EXPECT_DEATH(rows.insert(reference(1, "pay", 1), 2), "a row of this saga");
}

}  // namespace
}  // namespace waybill::saga_simulation
