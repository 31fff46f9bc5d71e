#include "waybill/base/uuid.hpp"

#include <gtest/gtest.h>

#include <random>

namespace waybill::base {
namespace {

TEST(Uuid, text_is_read_and_written_back_in_lower_case) {
  const auto id = Uuid::parse("0192D3F4-5b6c-7d8e-9FA0-b1c2d3e4f506");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->to_string(), "0192d3f4-5b6c-7d8e-9fa0-b1c2d3e4f506");
  EXPECT_EQ(id->version(), 7);
}

TEST(Uuid, anything_but_the_canonical_form_is_refused) {
  for (const char* text :
       {"", "0192d3f4", "0192d3f45b6c7d8e9fa0b1c2d3e4f506", "{0192d3f4-5b6c-7d8e-9fa0-b1c2d3e4f506}",
        "0192d3f4-5b6c-7d8e-9fa0-b1c2d3e4f50", "0192d3f4-5b6c-7d8e-9fa0-b1c2d3e4f5066",
        "0192d3f4-5b6c-7d8e-9fa0-b1c2d3e4f50g", "0192d3f4-5b6c-7d8e-9fa0_b1c2d3e4f506",
        "0192d3f-45b6c-7d8e-9fa0-b1c2d3e4f506", " 192d3f4-5b6c-7d8e-9fa0-b1c2d3e4f506"}) {
    EXPECT_FALSE(Uuid::parse(text)) << text;
  }
}

TEST(Uuid, every_value_survives_its_text_and_text_orders_as_bytes_do) {
  std::mt19937_64 random(11);
  Uuid before;
  for (int i = 0; i < 1000; ++i) {
    Uuid::Bytes bytes{};
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    const Uuid id{bytes};
    EXPECT_EQ(Uuid::parse(id.to_string()), id);
    EXPECT_EQ(before < id, before.to_string() < id.to_string());
    before = id;
  }
}

TEST(Uuid, the_default_one_is_nil) {
  EXPECT_TRUE(Uuid{}.is_nil());
  EXPECT_EQ(Uuid{}.to_string(), "00000000-0000-0000-0000-000000000000");
}

TEST(Uuid, none_is_greater_than_the_last_one) {
  EXPECT_EQ(Uuid::max().to_string(), "ffffffff-ffff-ffff-ffff-ffffffffffff");
  EXPECT_GT(Uuid::max(), *Uuid::parse("ffffffff-ffff-ffff-ffff-fffffffffffe"));
}

}  // namespace
}  // namespace waybill::base
