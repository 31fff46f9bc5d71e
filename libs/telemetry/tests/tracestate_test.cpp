#include "tracestate.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "waybill/telemetry/trace_context.hpp"

namespace waybill::telemetry {
namespace {

const std::string traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

std::string kept(std::string_view tracestate) {
  const auto context = TraceContext::parse(traceparent, tracestate);
  EXPECT_TRUE(context) << "the traceparent is kept whatever the tracestate is";
  return context ? context->tracestate() : "";
}

std::string members(int count) {
  std::string text;
  for (int number = 0; number < count; ++number)
    text += (number == 0 ? "k" : ",k") + std::to_string(number) + "=v";
  return text;
}

TEST(Tracestate, is_kept_as_it_is) {
  for (const std::string text :
       {"congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "a=1 , b=2,\tc=3", "a=1,,b=2",
        "fw529a3039@dt=FfkA", "0tenant@sys=x", "a_-*/9=!~ x"}) {
    EXPECT_EQ(kept(text), text);
  }
}

TEST(Tracestate, is_dropped_when_malformed_and_the_traceparent_kept) {
  for (const auto* text : {"novalue", "=x", "a=", "A=1", "1a=1", "a b=1", "a=b=c", "a=1,a=2", "a@=1", "@a=1",
                           "a@1=1", "a@b@c=1", "a=\x01", "a=\xC3\xBC"}) {
    EXPECT_EQ(kept(text), "") << text;
  }
}

TEST(Tracestate, is_dropped_beyond_32_members_or_512_characters) {
  EXPECT_EQ(kept(members(32)), members(32));
  EXPECT_EQ(kept(members(33)), "");
  const std::string two = "a=" + std::string(256, 'x') + ",b=" + std::string(251, 'x');
  EXPECT_EQ(two.size(), 512U);
  EXPECT_EQ(kept(two), two);
  EXPECT_EQ(kept(two + "x"), "");
}

TEST(Tracestate, bounds_keys_and_values) {
  EXPECT_NE(kept(std::string(256, 'k') + "=v"), "");
  EXPECT_EQ(kept(std::string(257, 'k') + "=v"), "");
  EXPECT_NE(kept("k=" + std::string(256, 'v')), "");
  EXPECT_EQ(kept("k=" + std::string(257, 'v')), "");
  EXPECT_NE(kept(std::string(241, 't') + "@" + std::string(14, 's') + "=v"), "");
  EXPECT_EQ(kept(std::string(242, 't') + "@s=v"), "");
  EXPECT_EQ(kept("t@" + std::string(15, 's') + "=v"), "");
}

TEST(Tracestate, survives_rubbish) {
  std::mt19937 random(1);
  const std::string alphabet = "ab=,@ \t;_9\x01\xFF" + std::string(1, '\0');
  std::uniform_int_distribution<std::size_t> length(0, 40);
  std::uniform_int_distribution<std::size_t> place(0, alphabet.size() - 1);
  for (int round = 0; round < 50'000; ++round) {
    std::string text(length(random), '\0');
    for (auto& character : text) character = alphabet[place(random)];
    const auto after = kept(text);
    ASSERT_TRUE(after.empty() || after == text);
    ASSERT_EQ(after.find_first_of(std::string{"\x01\xFF\0", 3}), std::string::npos);
  }
}

}  // namespace
}  // namespace waybill::telemetry
