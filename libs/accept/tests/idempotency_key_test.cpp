#include "idempotency_key.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

// What is a key, and what is none.

namespace waybill::accept {
namespace {

using Kind = KeyProblem::Kind;

http::Headers with(const std::vector<std::string>& values) {
  http::Headers headers;
  headers.add("Content-Type", "application/json");
  for (const auto& value : values) headers.add("idempotency-KEY", value);
  return headers;
}

/// The key, or what is wrong with it in brackets.
std::string read(const std::vector<std::string>& values) {
  const auto key = read_idempotency_key(with(values));
  if (const auto* text = std::get_if<std::string>(&key)) return *text;
  const auto& problem = std::get<KeyProblem>(key);
  return problem.kind == Kind::missing ? "[missing]" : "[" + problem.detail + "]";
}

TEST(IdempotencyKey, is_the_value_of_its_header_in_whatever_case) {
  EXPECT_EQ(read({"8e03978e-40d5-43e8-bc93-6894a57f9324"}), "8e03978e-40d5-43e8-bc93-6894a57f9324");
  EXPECT_EQ(read({" \tabc "}), "abc");
}

// The draft of the header has a string in quotes; most clients send none.
TEST(IdempotencyKey, is_the_same_in_quotes_and_without) {
  EXPECT_EQ(read({R"("abc")"}), "abc");
  EXPECT_EQ(read({R"("a\"b\\c")"}), R"(a"b\c)");
  EXPECT_EQ(read({R"(a"b\c)"}), R"(a"b\c)");
}

TEST(IdempotencyKey, is_missing_without_the_header) { EXPECT_EQ(read({}), "[missing]"); }

// Two could be a client's mistake or a proxy's, and each would be another request.
TEST(IdempotencyKey, is_none_when_there_are_two) {
  EXPECT_EQ(read({"a", "b"}), "[it is there more than once]");
  EXPECT_EQ(read({"a", "a"}), "[it is there more than once]");
  EXPECT_EQ(read({"a, b"}), "[it holds what is no visible ASCII character]") << "as a proxy joins two";
}

TEST(IdempotencyKey, is_none_when_it_is_empty_or_longer_than_255_characters) {
  EXPECT_EQ(read({""}), "[it is empty]");
  EXPECT_EQ(read({"  "}), "[it is empty]");
  EXPECT_EQ(read({R"("")"}), "[it is empty]");
  EXPECT_EQ(read({std::string(255, 'x')}), std::string(255, 'x'));
  EXPECT_EQ(read({'"' + std::string(255, 'x') + '"'}), std::string(255, 'x'));
  EXPECT_EQ(read({std::string(256, 'x')}), "[it has 256 characters, and may have 255]");
}

TEST(IdempotencyKey, is_none_with_other_characters_than_visible_ascii_ones) {
  for (const auto* value : {"a b", "\x01", "a\x7f", "k\xc3\xa9y", R"("a b")"}) {
    EXPECT_EQ(read({value}), "[it holds what is no visible ASCII character]") << value;
  }
  EXPECT_EQ(read({std::string("a\0b", 3)}), "[it holds what is no visible ASCII character]");
}

TEST(IdempotencyKey, is_none_when_its_quotes_do_not_enclose_it) {
  for (const auto* value :
       {R"("abc)", R"(")", R"("abc"d)", R"("abc";v=1)", R"("a","b")", R"("a\b")", R"("a\)"}) {
    EXPECT_EQ(read({value}), "[it begins with a quote and is no quoted string]") << value;
  }
}

}  // namespace
}  // namespace waybill::accept
