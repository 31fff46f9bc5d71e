#include "domain/warehouse.hpp"

#include <gmock/gmock.h>

#include <random>

namespace shop::inventory {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Uuid uuid(std::uint8_t number) {
  Uuid::Bytes bytes{};
  bytes[15] = number;
  return Uuid(bytes);
}

Reference step_of(std::uint8_t saga, std::int64_t epoch = 1) { return {uuid(saga), "reserve", epoch}; }

Reserve reserve(std::uint8_t saga, std::vector<Line> lines) {
  return {step_of(saga), "order-" + std::to_string(saga), std::move(lines)};
}
Confirm confirm(std::uint8_t saga, const Uuid& reservation) {
  return {uuid(saga), "order-" + std::to_string(saga), reservation};
}
Release release(std::uint8_t saga) { return {step_of(saga), "order-" + std::to_string(saga)}; }

class WarehouseTest : public ::testing::Test {
 protected:
  static Warehouse warehouse_with(std::vector<Shelf> shelves, std::vector<Reservation> known = {}) {
    auto next = std::make_shared<std::uint8_t>(100);
    return {std::move(shelves), std::move(known), [next] { return uuid((*next)++); }};
  }
  static Reserved reserved(Warehouse& warehouse, const Reserve& command) {
    return std::get<Reserved>(warehouse.answer(command));
  }
  static Refused refused(Warehouse& warehouse, const Reserve& command) {
    return std::get<Refused>(warehouse.answer(command));
  }

  const std::vector<Shelf> shelves_{
      {"cup", {1250, "EUR"}, 3}, {"tea", {895, "EUR"}, 10}, {"yunomi", {3000, "JPY"}, 5}};
  Warehouse warehouse_ = warehouse_with(shelves_);
};

Reservation known(std::uint8_t saga, State state) {
  return {.id = uuid(50),
          .reference = step_of(saga),
          .order_id = "order-" + std::to_string(saga),
          .state = state,
          .lines = {{"tea", 4, 895}},
          .currency = "EUR"};
}

TEST_F(WarehouseTest, sets_goods_aside_at_the_catalogues_prices) {
  const auto answer = reserved(warehouse_, reserve(1, {{"tea", 2}, {"cup", 1}}));
  EXPECT_THAT(answer.lines, ElementsAre(PricedLine{"tea", 2, 895}, PricedLine{"cup", 1, 1250}));
  EXPECT_EQ(answer.total, (Money{3040, "EUR"}));
  EXPECT_THAT(warehouse_.movements(), ElementsAre(Movement{"cup", -1, 1, 0}, Movement{"tea", -2, 2, 0}));
  ASSERT_THAT(warehouse_.made(), SizeIs(1));
  EXPECT_EQ(warehouse_.made().front()->id, answer.id);
  EXPECT_EQ(warehouse_.made().front()->state, State::reserved);
}

TEST_F(WarehouseTest, sets_all_lines_aside_or_none) {
  const auto answer = refused(warehouse_, reserve(1, {{"tea", 2}, {"cup", 4}}));
  EXPECT_EQ(answer.reason, Refusal::insufficient);
  EXPECT_THAT(answer.shortages, ElementsAre(Shortage{"cup", 4, 3}));
  EXPECT_THAT(warehouse_.movements(), IsEmpty());
  ASSERT_THAT(warehouse_.made(), SizeIs(1));
  EXPECT_EQ(warehouse_.made().front()->state, State::refused);
  EXPECT_THAT(warehouse_.made().front()->lines, IsEmpty());
}

TEST_F(WarehouseTest, names_the_skus_that_it_does_not_know_before_all_else) {
  const auto answer = refused(warehouse_, reserve(1, {{"cup", 9}, {"nothing", 2}, {"yunomi", 1}}));
  EXPECT_EQ(answer.reason, Refusal::unknown_sku);
  EXPECT_THAT(answer.shortages, ElementsAre(Shortage{"nothing", 2, 0}));
}

TEST_F(WarehouseTest, refuses_an_order_that_would_have_no_total) {
  const auto answer = refused(warehouse_, reserve(1, {{"cup", 1}, {"yunomi", 1}}));
  EXPECT_EQ(answer.reason, Refusal::mixed_currencies);
  EXPECT_THAT(answer.shortages, IsEmpty());
  EXPECT_THAT(warehouse_.movements(), IsEmpty());
}

TEST_F(WarehouseTest, gives_the_last_piece_to_who_came_first) {
  reserved(warehouse_, reserve(1, {{"cup", 2}}));
  EXPECT_THAT(refused(warehouse_, reserve(2, {{"cup", 2}})).shortages, ElementsAre(Shortage{"cup", 2, 1}));
  reserved(warehouse_, reserve(3, {{"cup", 1}}));
  EXPECT_THAT(warehouse_.movements(), ElementsAre(Movement{"cup", -3, 3, 0}));
}

TEST_F(WarehouseTest, has_again_what_was_released_before_in_the_same_batch) {
  reserved(warehouse_, reserve(1, {{"cup", 3}}));
  EXPECT_TRUE(warehouse_.answer(release(1)).id);
  reserved(warehouse_, reserve(2, {{"cup", 3}}));
  EXPECT_THAT(warehouse_.movements(), ElementsAre(Movement{"cup", -3, 3, 0}));
  ASSERT_THAT(warehouse_.made(), SizeIs(2));
  EXPECT_EQ(warehouse_.made().front()->state, State::released);
  EXPECT_THAT(warehouse_.ended(), IsEmpty()) << "it is written as it is in the end";
}

// A saga sends a command again when it does not hear of it.
TEST_F(WarehouseTest, answers_a_repeat_as_before_and_sets_nothing_more_aside) {
  const auto first = reserved(warehouse_, reserve(1, {{"tea", 2}}));
  const auto again = reserved(warehouse_, reserve(1, {{"tea", 2}}));
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(again.lines, first.lines);
  EXPECT_EQ(again.total, first.total);
  EXPECT_THAT(warehouse_.movements(), ElementsAre(Movement{"tea", -2, 2, 0}));
  EXPECT_THAT(warehouse_.made(), SizeIs(1));
}

TEST_F(WarehouseTest, answers_a_repeat_from_what_is_stored_whatever_the_catalogue_says_now) {
  auto warehouse = warehouse_with({{"tea", {999, "EUR"}, 0}}, {known(1, State::confirmed)});
  const auto again = reserved(warehouse, reserve(1, {{"tea", 4}}));
  EXPECT_EQ(again.id, uuid(50));
  EXPECT_EQ(again.total, (Money{3580, "EUR"}));
  auto refusal = known(2, State::refused);
  refusal.lines.clear();
  refusal.refusal = Refusal::insufficient;
  refusal.shortages = {{"tea", 4, 1}};
  warehouse = warehouse_with(shelves_, {refusal});
  EXPECT_THAT(refused(warehouse, reserve(2, {{"tea", 4}})).shortages, ElementsAre(Shortage{"tea", 4, 1}));
  EXPECT_THAT(warehouse.movements(), IsEmpty());
  EXPECT_THAT(warehouse.made(), IsEmpty());
}

TEST_F(WarehouseTest, takes_another_epoch_of_a_step_for_another_command) {
  reserved(warehouse_, reserve(1, {{"tea", 2}}));
  auto next = reserve(1, {{"tea", 2}});
  next.reference.epoch = 2;
  reserved(warehouse_, next);
  EXPECT_THAT(warehouse_.movements(), ElementsAre(Movement{"tea", -4, 4, 0}));
}

TEST_F(WarehouseTest, lets_confirmed_goods_go_once) {
  auto warehouse = warehouse_with(shelves_, {known(1, State::reserved)});
  EXPECT_EQ(warehouse.answer(confirm(1, uuid(50))).id, uuid(50));
  EXPECT_EQ(warehouse.answer(confirm(1, uuid(50))).id, uuid(50));
  EXPECT_THAT(warehouse.movements(), ElementsAre(Movement{"tea", 0, -4, 4}));
  ASSERT_THAT(warehouse.ended(), SizeIs(1));
  EXPECT_EQ(warehouse.ended().front()->state, State::confirmed);
}

TEST_F(WarehouseTest, confirms_nothing_that_is_unknown_released_refused_or_anothers) {
  EXPECT_THROW(warehouse_.answer(confirm(1, uuid(50))), Contradiction);
  for (const auto state : {State::released, State::refused, State::tombstone}) {
    auto warehouse = warehouse_with(shelves_, {known(1, state)});
    EXPECT_THROW(warehouse.answer(confirm(1, uuid(50))), Contradiction);
  }
  auto warehouse = warehouse_with(shelves_, {known(1, State::reserved)});
  EXPECT_THROW(warehouse.answer(confirm(2, uuid(50))), Contradiction);
  auto of_another_order = confirm(1, uuid(50));
  of_another_order.order_id = "order-2";
  EXPECT_THROW(warehouse.answer(of_another_order), Contradiction);
}

TEST_F(WarehouseTest, takes_released_goods_back_once) {
  auto warehouse = warehouse_with(shelves_, {known(1, State::reserved)});
  EXPECT_EQ(warehouse.answer(release(1)).id, uuid(50));
  EXPECT_EQ(warehouse.answer(release(1)).id, uuid(50));
  EXPECT_THAT(warehouse.movements(), ElementsAre(Movement{"tea", 4, -4, 0}));
  ASSERT_THAT(warehouse.ended(), SizeIs(1));
  EXPECT_EQ(warehouse.ended().front()->state, State::released);
}

TEST_F(WarehouseTest, releases_nothing_where_it_was_refused) {
  refused(warehouse_, reserve(1, {{"cup", 9}}));
  EXPECT_FALSE(warehouse_.answer(release(1)).id);
  EXPECT_EQ(refused(warehouse_, reserve(1, {{"cup", 9}})).reason, Refusal::insufficient);
}

// An undo may overtake what it undoes: what is set aside after it would be for nobody.
TEST_F(WarehouseTest, sets_nothing_aside_for_a_late_command_that_was_released_before) {
  EXPECT_FALSE(warehouse_.answer(release(1)).id);
  EXPECT_FALSE(warehouse_.answer(release(1)).id);
  EXPECT_EQ(refused(warehouse_, reserve(1, {{"tea", 1}})).reason, Refusal::already_released);
  EXPECT_THAT(warehouse_.movements(), IsEmpty());
  ASSERT_THAT(warehouse_.made(), SizeIs(1));
  EXPECT_EQ(warehouse_.made().front()->state, State::tombstone);
  auto warehouse = warehouse_with(shelves_, {known(2, State::released)});
  EXPECT_EQ(refused(warehouse, reserve(2, {{"tea", 4}})).reason, Refusal::already_released);
  EXPECT_THAT(warehouse.movements(), IsEmpty());
}

TEST_F(WarehouseTest, releases_nothing_that_is_confirmed) {
  auto warehouse = warehouse_with(shelves_, {known(1, State::confirmed)});
  EXPECT_THROW(warehouse.answer(release(1)), Contradiction);
}

TEST_F(WarehouseTest, takes_no_command_that_the_contract_rules_out) {
  EXPECT_THROW(warehouse_.answer(reserve(1, {})), Contradiction);
  EXPECT_THROW(warehouse_.answer(reserve(1, {{"tea", 0}})), Contradiction);
  EXPECT_THROW(warehouse_.answer(reserve(1, {{"tea", 1}, {"cup", 1}, {"tea", 1}})), Contradiction);
  reserved(warehouse_, reserve(1, {{"tea", 1}}));
  auto of_another_order = reserve(1, {{"tea", 1}});
  of_another_order.order_id = "order-2";
  EXPECT_THROW(warehouse_.answer(of_another_order), Contradiction);
  EXPECT_THROW(warehouse_.answer(Release{step_of(1), "order-2"}), Contradiction);
}

TEST_F(WarehouseTest, prices_nothing_whose_total_has_no_room) {
  auto warehouse = warehouse_with({{"gold", {std::int64_t{1} << 62, "EUR"}, 9}});
  EXPECT_THROW(warehouse.answer(reserve(1, {{"gold", 2}})), Contradiction);
}

TEST_F(WarehouseTest, tells_of_more_than_a_message_can_as_the_most_it_can) {
  auto warehouse = warehouse_with({{"sand", {1, "EUR"}, std::int64_t{1} << 40}, {"tea", {1, "EUR"}, 0}});
  const auto answer = refused(warehouse, reserve(1, {{"sand", 7}, {"tea", 1}}));
  EXPECT_THAT(answer.shortages, ElementsAre(Shortage{"tea", 1, 0}));
}

// Whatever comes, in whatever order: no piece is lost or made, and none is given away twice.
TEST_F(WarehouseTest, keeps_every_piece_in_ten_thousand_random_commands) {
  std::mt19937 random(7);
  auto warehouse = warehouse_with({{"a", {1, "EUR"}, 20}, {"b", {1, "EUR"}, 20}});
  std::map<std::uint8_t, Uuid> given;
  for (int n = 0; n < 10'000; ++n) {
    const auto saga = static_cast<std::uint8_t>(random() % 90);
    try {
      switch (random() % 3) {
        case 0: {
          const std::uint32_t quantity = 1 + random() % 4;
          const auto answer = warehouse.answer(reserve(saga, {{"a", quantity}, {"b", 1}}));
          if (const auto* held = std::get_if<Reserved>(&answer)) given[saga] = held->id;
          break;
        }
        case 1:
          if (given.contains(saga)) warehouse.answer(confirm(saga, given[saga]));
          break;
        default:
          warehouse.answer(release(saga));
      }
    } catch (const Contradiction&) {
      continue;  // a confirm behind a release, or the other way round
    }
    for (const auto& moved : warehouse.movements()) {
      ASSERT_EQ(moved.available + moved.reserved + moved.sold, 0);
      ASSERT_GE(20 + moved.available, 0);
      ASSERT_GE(moved.reserved, 0);
      ASSERT_GE(moved.sold, 0);
    }
  }
}

}  // namespace
}  // namespace shop::inventory
