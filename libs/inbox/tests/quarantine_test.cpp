#include "quarantine.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "waybill/runtime/thread.hpp"
#include "waybill/testkit/eventually.hpp"

// Who is to be alone is alone, and gets in.

namespace waybill::inbox {
namespace {

TEST(Quarantine, lets_nobody_in_beside_one_who_is_alone) {
  Quarantine quarantine;
  std::atomic<int> inside = 0;
  std::atomic<int> alone = 0;
  std::atomic<bool> is_violated = false;
  const auto work = [&](bool is_alone) {
    for (int i = 0; i < 2'000; ++i) {
      const Quarantine::Pass pass(quarantine, is_alone);
      ++(is_alone ? alone : inside);
      if (alone > 1 || (alone == 1 && inside > 0)) is_violated = true;
      --(is_alone ? alone : inside);
    }
  };
  {
    std::vector<runtime::Thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back("together", [&] { work(false); });
    for (int i = 0; i < 2; ++i) threads.emplace_back("alone", [&] { work(true); });
  }
  EXPECT_FALSE(is_violated);
}

TEST(Quarantine, keeps_newcomers_out_while_somebody_waits_to_be_alone) {
  Quarantine quarantine;
  std::atomic<bool> is_alone = false;
  std::atomic<bool> came_after = false;
  runtime::Thread waiting;
  runtime::Thread newcomer;
  {
    const Quarantine::Pass first(quarantine, false);
    waiting = runtime::Thread("waiting", [&] {
      const Quarantine::Pass pass(quarantine, true);
      is_alone = true;
      EXPECT_FALSE(came_after);
    });
    EXPECT_TRUE(testkit::eventually([&] { return quarantine.waiting() == 1; }));
    newcomer = runtime::Thread("newcomer", [&] {
      const Quarantine::Pass pass(quarantine, false);
      EXPECT_TRUE(is_alone);
      came_after = true;
    });
  }
  waiting.join();
  newcomer.join();
  EXPECT_TRUE(came_after);
}

}  // namespace
}  // namespace waybill::inbox
