#include <gtest/gtest.h>

#include <atomic>
#include <random>

#include "../through_proxy.hpp"
#include "effects.hpp"

// Many effects in one transaction share its fate, and each of them has to be told so.

namespace waybill::postgres::testing {
namespace {

using servers::Direction;
using namespace servers::fault;

constexpr std::int64_t members = 8;

class BatchCut : public ::testing::Test {
 protected:
  Options by(const servers::FaultProxy& proxy) const { return through(proxy, database_.options(), 1); }
  /// The last member does what a test does on the way.
  template <class F>
  static std::vector<BatchOutcome<void>> run(Pool& pool, std::int64_t first, F last) {
    Batch<> batch(pool);
    for (std::int64_t key = first; key < first + members; ++key) {
      batch.add([=](Tx& tx) {
        Effects::apply(tx, key);
        if (key == first + members - 1) last();
      });
    }
    return batch.run(soon());
  }

  Database database_;
  Effects effects_{database_.options()};
};

TEST_F(BatchCut, whose_commit_is_lost_leaves_every_member_in_doubt_and_the_keys_decide) {
  constexpr int threads = 4;
  constexpr int batches = 40;
  std::atomic<std::int64_t> in_doubt = 0;
  std::atomic<std::int64_t> written = 0;
  in_threads(threads, [&](int thread) {
    servers::FaultProxy proxy(server_of(database_.options()));
    Pool pool(by(proxy));
    std::mt19937 random(static_cast<unsigned>(thread));
    for (int b = 0; b < batches; ++b) {
      const std::int64_t first = (std::int64_t{thread} * batches + b) * members;
      const auto direction = random() % 2 == 0 ? Direction::client_to_server : Direction::server_to_client;
      const auto outcomes =
          run(pool, first, [&] { proxy.inject(CutAfter{.direction = direction, .bytes = random() % 28}); });
      for (const auto& outcome : outcomes) in_doubt += outcome.state == BatchState::in_doubt ? 1 : 0;
      proxy.heal();
      for (std::int64_t key = first; key < first + members; ++key) {
        const bool was_there = direction == Direction::server_to_client;
        const End end = Effects::attempt(pool, key);
        EXPECT_EQ(end, was_there ? End::was_there : End::committed) << "members of one transaction";
        ++written;
      }
    }
  });
  EXPECT_EQ(in_doubt, threads * batches * members);
  EXPECT_EQ(effects_.count(), written);
  EXPECT_EQ(effects_.doubled(), 0);
}

TEST_F(BatchCut, before_its_commit_is_run_again_once_and_then_told_as_unfinished) {
  servers::FaultProxy proxy(server_of(database_.options()));
  Pool pool(by(proxy));
  std::int64_t first = 0;
  for (int to_cut = 1; to_cut <= 2; ++to_cut, first += members) {
    int runs = 0;
    Batch<> batch(pool);
    for (std::int64_t key = first; key < first + members; ++key) {
      batch.add([&, key](Tx& tx) {
        if (key == first + 3 && ++runs <= to_cut) proxy.inject(CutNow{});
        Effects::apply(tx, key);
      });
    }
    for (auto& outcome : batch.run(soon())) {
      EXPECT_EQ(outcome.state, to_cut == 1 ? BatchState::committed : BatchState::unfinished);
      if (to_cut == 2) {
        EXPECT_THROW(outcome.get(), Fault);
      }
    }
    EXPECT_EQ(runs, 2);
  }
  EXPECT_EQ(effects_.count(), members);
}

}  // namespace
}  // namespace waybill::postgres::testing
