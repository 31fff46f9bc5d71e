#include "waybill/postgres/parameters.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "statement_text.hpp"
#include "statements.hpp"
#include "waybill/postgres/fault.hpp"

namespace waybill::postgres {
namespace {

std::string hex(std::string_view bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += digits[static_cast<unsigned char>(c) >> 4];
    text += digits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

template <class T>
std::string encoded(const T& value) {
  const Parameter<T> parameter(value);
  return hex({parameter.data(), parameter.size()});
}

TEST(Parameters, scalars_are_in_network_order) {
  EXPECT_EQ(encoded(true), "01");
  EXPECT_EQ(encoded(std::int16_t{258}), "0102");
  EXPECT_EQ(encoded(std::int32_t{-2}), "fffffffe");
  EXPECT_EQ(encoded(std::int64_t{1}), "0000000000000001");
  EXPECT_EQ(encoded(1.0), "3ff0000000000000");
  EXPECT_EQ(encoded(Json{"{}"}), "017b7d");
  // 2000-01-01 is zero.
  EXPECT_EQ(encoded(base::WallTime{std::chrono::seconds{946'684'800}}), "0000000000000000");
}

TEST(Parameters, an_array_has_a_header_and_a_length_before_each_value) {
  EXPECT_EQ(encoded(std::vector<std::int16_t>{1, 2}),
            "00000001"
            "00000000"
            "00000015"
            "00000002"
            "00000001"
            "00000002"
            "0001"
            "00000002"
            "0002");
  EXPECT_EQ(encoded(std::vector<std::optional<std::string>>{"a", std::nullopt, ""}),
            "00000001"
            "00000001"
            "00000019"
            "00000003"
            "00000001"
            "00000001"
            "61"
            "ffffffff"
            "00000000");
  EXPECT_EQ(encoded(std::vector<bool>{true}),
            "00000001"
            "00000000"
            "00000010"
            "00000001"
            "00000001"
            "00000001"
            "01");
  EXPECT_EQ(encoded(std::vector<std::string>{}),
            "00000000"
            "00000000"
            "00000019");
}

// A null pointer is NULL to the protocol, and an empty view often has one.
TEST(Parameters, an_empty_text_is_not_null) {
  const Parameters<std::string_view, std::optional<std::string_view>, BytesView> parameters(
      std::string_view{}, std::nullopt, BytesView{});
  EXPECT_NE(parameters.list().values[0], nullptr);
  EXPECT_EQ(parameters.list().values[1], nullptr);
  EXPECT_NE(parameters.list().values[2], nullptr);
}

TEST(Parameters, a_value_longer_than_postgresql_takes_is_refused) {
  try {
    checked_length(3'000'000'000);
    FAIL();
  } catch (const Fault& fault) {
    EXPECT_EQ(fault.kind(), FaultKind::permanent);
    EXPECT_STREQ(fault.what(),
                 "a parameter of 3000000000 bytes is longer than PostgreSQL takes (1 GB): split it, or keep "
                 "it elsewhere");
  }
}

TEST(Parameters, a_cell_of_the_wrong_length_is_unreadable) {
  EXPECT_THROW(Codec<std::int64_t>::load("abc"), Unreadable);
  EXPECT_THROW(Codec<base::Uuid>::load("abc"), Unreadable);
  EXPECT_THROW(Codec<bool>::load(""), Unreadable);
}

TEST(Statements, are_told_apart_by_text_and_types) {
  Statements statements;
  const std::vector<TypeId> ints{23};
  const std::vector<TypeId> texts{25};
  auto& first = statements.find("SELECT $1", ints);
  first.prepared = true;
  EXPECT_TRUE(statements.find(std::string("SELECT $1"), ints).prepared);
  EXPECT_FALSE(statements.find("SELECT $1", texts).prepared);
  EXPECT_FALSE(statements.find("SELECT $1 ", ints).prepared);
  EXPECT_NE(statements.find("SELECT $1", texts).name, first.name);
}

TEST(StatementText, is_one_short_line) {
  EXPECT_EQ(quote_statement("  SELECT a\n    FROM t\n"), "\"SELECT a FROM t\"");
  EXPECT_EQ(quote_statement(std::string(500, 'x')), "\"" + std::string(120, 'x') + "…\"");
}

}  // namespace
}  // namespace waybill::postgres
