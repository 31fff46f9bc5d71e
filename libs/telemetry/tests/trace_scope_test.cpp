#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "waybill/telemetry/trace_context.hpp"

namespace waybill::telemetry {
namespace {

TEST(TraceScope, makes_its_context_current_and_gives_back_the_outer_one) {
  EXPECT_EQ(TraceScope::current(), nullptr);
  const auto root = TraceContext::root(true);
  {
    const TraceScope outer(root);
    EXPECT_EQ(*TraceScope::current(), root);
    {
      const TraceScope inner(root.child());
      EXPECT_NE(*TraceScope::current(), root);
    }
    EXPECT_EQ(*TraceScope::current(), root);
  }
  EXPECT_EQ(TraceScope::current(), nullptr);
}

TEST(TraceScope, belongs_to_its_thread_only) {
  const TraceScope scope(TraceContext::root(true));
  std::jthread([] { EXPECT_EQ(TraceScope::current(), nullptr); }).join();
}

TEST(TraceScopeDeathTest, must_end_in_reverse_order) {
  EXPECT_DEATH(
      {
        auto first = std::make_unique<TraceScope>(TraceContext::root(true));
        auto second = std::make_unique<TraceScope>(TraceContext::root(true));
        first.reset();
      },
      "in reverse order of making");
}

}  // namespace
}  // namespace waybill::telemetry
