#include "waybill/telemetry/trace_context.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace waybill::telemetry {
namespace {

const std::string example = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

// An exception fails the case that wanted a well-formed one.
TraceContext read(const std::string& traceparent, const std::string& tracestate = {}) {
  auto context = TraceContext::parse(traceparent, tracestate);
  if (!context) throw std::invalid_argument("refused: " + traceparent);
  return *std::move(context);
}

TEST(TraceContext, reads_a_traceparent_and_writes_the_same) {
  const auto context = read(example);
  EXPECT_EQ(context.trace_id(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(context.span_id(), "b7ad6b7169203331");
  EXPECT_TRUE(context.sampled());
  EXPECT_EQ(context.traceparent(), example);
  EXPECT_FALSE(read("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00").sampled());
}

TEST(TraceContext, refuses_everything_else_of_version_00) {
  const std::vector<std::string> malformed = {"",
                                              "00",
                                              "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                                              "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
                                              "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
                                              "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra",
                                              " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                              "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                                              "00-0af7651916cd43dd8448eb211c80319c-B7AD6B7169203331-01",
                                              "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0A",
                                              "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                              "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
                                              "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331_01",
                                              "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
                                              "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                                              "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                                              "0x-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                              "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};
  for (const auto& text : malformed) EXPECT_EQ(TraceContext::parse(text), std::nullopt) << text;
}

// A newer peer must not cut our traces in two.
TEST(TraceContext, reads_the_known_part_of_a_higher_version_and_writes_its_own) {
  const std::string known = "-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  for (const auto* version : {"01", "cc", "fe"}) {
    EXPECT_EQ(read(version + known).traceparent(), example);
    EXPECT_EQ(read(version + known + "-what-the-future-will-be-like").traceparent(), example);
  }
  EXPECT_EQ(TraceContext::parse("01" + known + "."), std::nullopt) << "the next part begins with a dash";
  EXPECT_EQ(TraceContext::parse("ff" + known + "-x"), std::nullopt) << "ff is no version";
}

TEST(TraceContext, does_not_pass_on_flags_it_does_not_know) {
  EXPECT_EQ(read("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff").traceparent(),
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03");
}

TEST(TraceContext, has_children_in_the_same_trace_with_a_span_of_their_own) {
  const auto parent = read(example, "vendor=1");
  const auto child = parent.child([] { return 0x1122334455667788ULL; });
  EXPECT_EQ(child.trace_id(), parent.trace_id());
  EXPECT_EQ(child.span_id(), "8877665544332211");
  EXPECT_TRUE(child.sampled());
  EXPECT_EQ(child.tracestate(), "vendor=1");
  EXPECT_NE(parent.child().span_id(), parent.child().span_id());
}

TEST(TraceContext, begins_a_trace_from_the_randomness_it_is_given) {
  std::uint64_t next = 1;
  const auto root = TraceContext::root(true, [&next] { return next++; });
  EXPECT_EQ(root.traceparent(), "00-01000000000000000200000000000000-0300000000000000-01");
  EXPECT_EQ(TraceContext::root(false, [] { return 1; }).traceparent().substr(53), "00");
}

// An all-zero id is refused by every reader, so it must never be written.
TEST(TraceContext, never_has_an_all_zero_id) {
  const auto zero = [] { return std::uint64_t{0}; };
  EXPECT_TRUE(TraceContext::parse(TraceContext::root(true, zero).traceparent()));
  EXPECT_TRUE(TraceContext::parse(TraceContext::root(true).child(zero).traceparent()));
}

TEST(TraceContext, draws_ids_that_differ_in_all_threads) {
  std::vector<std::vector<std::string>> drawn(4);
  {
    std::vector<std::jthread> threads;
    threads.reserve(drawn.size());
    for (auto& ids : drawn) {
      threads.emplace_back([&ids] {
        for (int time = 0; time < 1'000; ++time) ids.push_back(TraceContext::root(true).trace_id());
      });
    }
  }
  std::set<std::string> all;
  for (const auto& ids : drawn) all.insert(ids.begin(), ids.end());
  EXPECT_EQ(all.size(), 4'000U);
}

// Headers come from anyone: whatever they hold, what is read is well-formed and what is written can be read
// again.
TEST(TraceContext, survives_rubbish) {
  std::mt19937 random(1);
  std::uniform_int_distribution<std::size_t> length(0, 80);
  std::uniform_int_distribution<int> byte(0, 255);
  std::uniform_int_distribution<std::size_t> place(0, example.size() - 1);
  int read = 0;
  for (int round = 0; round < 50'000; ++round) {
    std::string text = example;
    if (round % 2 == 0) {
      text.assign(length(random), '\0');
      for (auto& character : text) character = static_cast<char>(byte(random));
    } else {
      text[place(random)] = static_cast<char>(byte(random));
    }
    const auto context = TraceContext::parse(text, text);
    if (!context) continue;
    ++read;
    ASSERT_EQ(TraceContext::parse(context->traceparent()), context);
  }
  EXPECT_GT(read, 0);
}

}  // namespace
}  // namespace waybill::telemetry
