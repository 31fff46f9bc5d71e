#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <random>

#include "../through_proxy.hpp"
#include "client_sockets.hpp"
#include "effects.hpp"
#include "waybill/testkit/eventually.hpp"

// The one moment that decides everything: the connection goes before COMMIT, or between COMMIT and its
// answer. A thousand times each, at random bytes, so that an order of events that is rare comes up as well.

namespace waybill::postgres::testing {
namespace {

using servers::Direction;
using namespace servers::fault;

constexpr int committers = 4;
constexpr int cuts_per_committer = 250;
constexpr std::int64_t cuts = committers * cuts_per_committer;

class CommitCut : public ::testing::Test {
 protected:
  Options by(const servers::FaultProxy& proxy) const { return through(proxy, database_.options(), 1); }
  /// As many times in each thread, on a connection and a proxy of the thread's own.
  template <class F>
  void a_thousand_times(F once) {
    in_threads(committers, [&](int thread) {
      servers::FaultProxy proxy(server_of(database_.options()));
      Pool pool(by(proxy));
      std::mt19937 random(static_cast<unsigned>(thread) + 17);
      for (int i = 0; i < cuts_per_committer; ++i)
        once(proxy, pool, random, std::int64_t{thread} * cuts_per_committer + i);
    });
  }

  Database database_;
  Effects effects_{database_.options()};
};

// Ways to lose a connection while nothing of COMMIT has been sent.
void cut_at_the_statements(servers::FaultProxy& proxy, std::mt19937& random) {
  const bool question = random() % 2 == 0;
  // Fewer bytes than the shortest of the transaction's questions, or answers, has.
  proxy.inject(CutAfter{.direction = question ? Direction::client_to_server : Direction::server_to_client,
                        .bytes = random() % 30});
}

void cut_behind_the_statements(servers::FaultProxy& proxy) {
  proxy.inject(CutNow{});
  ASSERT_TRUE(testkit::eventually([&] { return client_sockets(proxy.port()).empty(); }));
}

// In doubt without a reason would make callers ask for keys that cannot be there; a row would be worse.
TEST_F(CommitCut, before_it_is_sent_is_never_in_doubt_and_never_leaves_a_row) {
  std::atomic<int> reported = 0;
  std::atomic<int> replaced = 0;
  std::vector<std::atomic<bool>> expected(cuts);
  a_thousand_times([&](servers::FaultProxy& proxy, Pool& pool, std::mt19937& random, std::int64_t key) {
    const bool behind = random() % 2 == 0;
    const int runs_to_cut = 1 + static_cast<int>(random() % 2);
    int runs = 0;
    std::optional<Fault> told;
    const auto function = [&](Tx& tx) {
      tx.execute("SELECT 1");
      const bool cut = ++runs <= runs_to_cut;
      if (cut && !behind) cut_at_the_statements(proxy, random);
      Effects::apply(tx, key);
      if (cut && behind) cut_behind_the_statements(proxy);
    };
    const End end = Effects::attempt(pool, function, &told);
    EXPECT_EQ(runs, 2) << "once more, on a new connection";
    EXPECT_EQ(end, runs_to_cut == 1 ? End::committed : End::not_committed) << (told ? told->what() : "");
    if (runs_to_cut == 2 && told) {
      EXPECT_EQ(told->kind(), FaultKind::unavailable) << told->what();
      EXPECT_NE(std::string(told->what()).find("broke during"), std::string::npos) << told->what();
    }
    (end == End::committed ? replaced : reported) += 1;
    expected[static_cast<std::size_t>(key)] = end == End::committed;
  });
  std::vector<std::int64_t> keys;
  for (std::int64_t key = 0; key < cuts; ++key)
    if (expected[static_cast<std::size_t>(key)]) keys.push_back(key);
  EXPECT_EQ(effects_.all(), keys) << "what returned is there once, what did not is not there";
  EXPECT_EQ(reported + replaced, cuts);
  EXPECT_GT(reported, 0);
}

// The row is there. Whoever took this for a failure and did it again without a key would do it twice.
TEST_F(CommitCut, before_its_answer_arrives_is_in_doubt_and_the_key_finds_it_done) {
  std::atomic<int> done = 0;
  a_thousand_times([&](servers::FaultProxy& proxy, Pool& pool, std::mt19937& random, std::int64_t key) {
    int runs = 0;
    std::optional<Fault> told;
    const End end = Effects::attempt(
        pool,
        [&](Tx& tx) {
          ++runs;
          Effects::apply(tx, key);
          // An answer to COMMIT has 28 bytes at least.
          proxy.inject(CutAfter{.direction = Direction::server_to_client, .bytes = random() % 28});
        },
        &told);
    EXPECT_EQ(end, End::in_doubt) << (told ? told->what() : "");
    EXPECT_EQ(runs, 1);
    proxy.heal();
    done += Effects::attempt(pool, key) == End::was_there ? 1 : 0;
  });
  EXPECT_EQ(done, cuts);
  EXPECT_EQ(effects_.count(), cuts);
  EXPECT_EQ(effects_.doubled(), 0);
}

// Looks the same to the client, and there is nothing: whoever took it for a success would lose it.
TEST_F(CommitCut, before_the_server_has_it_is_in_doubt_and_the_key_lets_it_be_done) {
  std::atomic<int> done = 0;
  a_thousand_times([&](servers::FaultProxy& proxy, Pool& pool, std::mt19937& random, std::int64_t key) {
    std::optional<Fault> told;
    const End end = Effects::attempt(
        pool,
        [&](Tx& tx) {
          Effects::apply(tx, key);
          // The order to execute ends behind byte 30 of what is sent for a COMMIT.
          proxy.inject(CutAfter{.direction = Direction::client_to_server, .bytes = random() % 30});
        },
        &told);
    EXPECT_EQ(end, End::in_doubt) << (told ? told->what() : "");
    proxy.heal();
    done += Effects::attempt(pool, key) == End::committed ? 1 : 0;
  });
  EXPECT_EQ(done, cuts);
  EXPECT_EQ(effects_.count(), cuts);
  EXPECT_EQ(effects_.doubled(), 0);
}

}  // namespace
}  // namespace waybill::postgres::testing
