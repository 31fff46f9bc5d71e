#include "waybill/testkit/eventually.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace waybill::testkit {
namespace {

TEST(Eventually, comes_back_as_soon_as_it_holds) {
  int looks = 0;
  EXPECT_TRUE(eventually([&] { return ++looks == 3; }));
  EXPECT_EQ(looks, 3);
}

TEST(Eventually, fails_at_its_limit_and_tells_the_state) {
  const auto result = eventually([] { return false; }, [] { return std::string("; depth is 7"); },
                                 std::chrono::milliseconds{30});
  EXPECT_FALSE(result);
  EXPECT_STREQ(result.message(), "it did not hold within 30 ms; depth is 7");
}

}  // namespace
}  // namespace waybill::testkit
