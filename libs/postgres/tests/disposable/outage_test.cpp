#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <set>

#include "broken_server.hpp"
#include "waybill/testkit/eventually.hpp"

// The server goes away under the load of several threads, in each way there is, and comes back.

namespace waybill::postgres::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

constexpr int threads = 4;

/// Threads that write effects one after the other and note how each ended.
class Load {
 public:
  explicit Load(Pool& pool) : pool_(pool) {
    for (std::int64_t thread = 0; thread < threads; ++thread)
      threads_.emplace_back([this, thread] { write(thread); });
  }
  ~Load() { stop(); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  void stop() {
    over_ = true;
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }
  /// How many were committed so far.
  std::int64_t committed() const { return committed_; }
  std::int64_t faults() const { return faults_; }

  /// After stop(): compares what was told with what is there.
  void expect_true_of(Effects& effects) const {
    const auto all = effects.all();
    const std::set<std::int64_t> there(all.begin(), all.end());
    EXPECT_EQ(there.size(), all.size()) << "done twice";
    std::array<int, 4> ends{};
    for (const auto& outcomes : outcomes_) {
      for (const auto& [key, end] : outcomes) {
        ++ends[static_cast<std::size_t>(end)];
        EXPECT_NE(end, End::was_there) << "the key was new, so its transaction ran twice";
        if (end == End::committed) {
          EXPECT_TRUE(there.contains(key)) << "committed, and lost: " << key;
        }
        if (end == End::not_committed) {
          EXPECT_FALSE(there.contains(key)) << "not committed, and there: " << key;
        }
      }
    }
    ::testing::Test::RecordProperty("committed", ends[0]);
    ::testing::Test::RecordProperty("not_committed", ends[2]);
    ::testing::Test::RecordProperty("in_doubt", ends[3]);
    EXPECT_LE(static_cast<int>(there.size()), ends[0] + ends[3]);
  }

 private:
  void write(std::int64_t thread) {
    for (std::int64_t i = 0; !over_; ++i) {
      const std::int64_t key = thread * 1'000'000 + i;
      std::optional<Fault> told;
      const End end = Effects::attempt(pool_, key, &told, base::Deadline::after(3s));
      outcomes_[static_cast<std::size_t>(thread)].emplace_back(key, end);
      if (end == End::committed) ++committed_;
      if (!told) continue;
      ++faults_;
      EXPECT_THAT(told->kind(), AnyOf(FaultKind::unavailable, FaultKind::transient, FaultKind::in_doubt));
      EXPECT_THAT(told->what(), HasSubstr("127.0.0.1:"));
      // As any caller would wait before it asks a server again that is away.
      pool_.pause(10ms, soon());
    }
  }

  Pool& pool_;
  std::atomic<bool> over_ = false;
  std::atomic<std::int64_t> committed_ = 0;
  std::atomic<std::int64_t> faults_ = 0;
  std::array<std::vector<std::pair<std::int64_t, End>>, threads> outcomes_;
  std::vector<std::thread> threads_;
};

class Outage : public ::testing::Test {
 protected:
  /// Under load: away, faults, back, and more commits, by the same pool and without anybody's help.
  template <class Away, class Back>
  void go_through(Away away, Back back) {
    Load load(pool_);
    for (int round = 0; round < 3; ++round) {
      const auto committed = load.committed();
      EXPECT_TRUE(testkit::eventually([&] { return load.committed() >= committed + 20; }))
          << "round " << round;
      const auto faults = load.faults();
      away();
      EXPECT_TRUE(testkit::eventually([&] { return load.faults() >= faults + threads; }))
          << "round " << round;
      back();
    }
    const auto committed = load.committed();
    EXPECT_TRUE(testkit::eventually([&] { return load.committed() >= committed + 20; }));
    load.stop();
    load.expect_true_of(effects_);
    EXPECT_EQ(pool_.load().in_use, 0U);
    EXPECT_LE(pool_.load().idle, static_cast<std::size_t>(threads));
  }

  servers::DisposablePostgres server_;
  Effects effects_{options_for(server_)};
  Pool pool_{options_for(server_, threads)};
};

TEST_F(Outage, by_a_fast_restart_loses_and_doubles_nothing) {
  go_through([&] { server_.stop(); }, [&] { server_.start(); });
}

// What was acknowledged is on disk, or kill -9 loses it.
TEST_F(Outage, by_kill_9_loses_and_doubles_nothing) {
  go_through([&] { server_.kill9(); }, [&] { server_.start(); });
}

// A frozen machine accepts, and takes all that is sent: only deadlines end the waiting.
TEST_F(Outage, by_a_frozen_server_loses_and_doubles_nothing) {
  go_through([&] { server_.pause(); }, [&] { server_.resume(); });
}

TEST_F(Outage, is_told_in_words_and_over_by_itself) {
  server_.stop();
  const auto down = ping_fault(pool_);
  ASSERT_TRUE(down);
  EXPECT_EQ(down->kind(), FaultKind::unavailable);
  EXPECT_THAT(down->what(), HasSubstr("Connection refused"));
  server_.start();
  EXPECT_FALSE(ping_fault(pool_));
  server_.pause();
  const auto began = base::system_clock().steady();
  const auto frozen = ping_fault(pool_, base::Deadline::after(500ms));
  EXPECT_LT(base::system_clock().steady() - began, 5s);
  ASSERT_TRUE(frozen);
  EXPECT_EQ(frozen->kind(), FaultKind::transient);
  EXPECT_THAT(frozen->what(), HasSubstr("the deadline came at \"SELECT 1\""));
  const auto unconnected = ping_fault(pool_, base::Deadline::after(500ms));
  ASSERT_TRUE(unconnected);
  EXPECT_EQ(unconnected->kind(), FaultKind::unavailable);
  EXPECT_THAT(unconnected->what(), HasSubstr("no answer within "));
  server_.resume();
  EXPECT_FALSE(ping_fault(pool_));
}

}  // namespace
}  // namespace waybill::postgres::testing
