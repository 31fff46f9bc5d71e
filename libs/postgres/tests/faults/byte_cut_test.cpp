#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <random>
#include <vector>

#include "../through_proxy.hpp"
#include "effects.hpp"

// A connection that is cut anywhere in its life so far: start-up, password, session settings, the first
// transaction and its COMMIT. A run takes every eighth byte, from another one on each time, since the server
// needs more time for a connection than for all that goes over it.

namespace waybill::postgres::testing {
namespace {

using servers::Connections;
using servers::Direction;
using namespace servers::fault;

constexpr int cutters = 4;
constexpr std::uint64_t stride = 8;

class ByteCut : public ::testing::Test {
 protected:
  Options by(const servers::FaultProxy& proxy) const { return through(proxy, database_.options(), 1); }
  /// What connecting, one transaction and the farewell take.
  std::uint64_t bytes_of_one_life(Direction direction) {
    servers::FaultProxy proxy(server_of(database_.options()));
    {
      Pool pool(by(proxy));
      EXPECT_EQ(Effects::attempt(pool, -1), End::committed);
    }
    EXPECT_TRUE(proxy.wait_for([](const auto& seen) { return seen.accepted == 1 && seen.open == 0; }, 20s));
    const auto counters = proxy.counters();
    const bool questions = direction == Direction::client_to_server;
    return questions ? counters.bytes_to_server : counters.bytes_to_client;
  }

  struct Outcome {
    End first{};
    End retry{};
    std::string text;
  };
  /// Every connection is cut there, so that a second run meets the same; then the way is mended.
  static Outcome cut_at(servers::FaultProxy& proxy, Pool& pool, Direction direction, std::uint64_t offset) {
    const auto key = static_cast<std::int64_t>(offset);
    std::optional<Fault> told;
    proxy.inject(CutAfter{.direction = direction, .bytes = offset, .of = Connections::each});
    const End first = Effects::attempt(pool, key, &told);
    proxy.heal();
    Outcome outcome{first, first, told ? told->what() : ""};
    if (first != End::committed) outcome.retry = Effects::attempt(pool, key);
    return outcome;
  }

  std::vector<Outcome> cut_at(const std::vector<std::uint64_t>& offsets, Direction direction) {
    std::vector<Outcome> outcomes(offsets.size());
    std::atomic<std::size_t> next = 0;
    in_threads(cutters, [&](int) {
      servers::FaultProxy proxy(server_of(database_.options()));
      for (auto place = next++; place < offsets.size(); place = next++) {
        Pool pool(by(proxy));
        outcomes[place] = cut_at(proxy, pool, direction, offsets[place]);
      }
    });
    return outcomes;
  }

  void expect_right(Direction direction) {
    const auto count = bytes_of_one_life(direction);
    std::vector<std::uint64_t> offsets;
    for (auto offset = std::random_device()() % stride; offset < count; offset += stride) {
      offsets.push_back(offset);
    }
    offsets.push_back(count);
    const auto outcomes = cut_at(offsets, direction);
    std::array<int, 4> ends{};
    for (std::size_t place = 0; place < outcomes.size(); ++place) {
      const auto& [first, retry, text] = outcomes[place];
      SCOPED_TRACE("cut after byte " + std::to_string(offsets[place]) + ": " + text);
      ++ends[static_cast<std::size_t>(first)];
      EXPECT_NE(first, End::was_there) << "it ran twice";
      EXPECT_NE(text.find("PostgreSQL at 127.0.0.1:"), first == End::committed ? 0 : std::string::npos);
      if (first == End::not_committed) {
        EXPECT_EQ(retry, End::committed) << "it was said not to be there";
      }
      if (first == End::in_doubt) {
        EXPECT_TRUE(retry == End::committed || retry == End::was_there);
      }
      // What was lost later can only have come further.
      constexpr std::array how_far{3, -1, 0, 1};
      if (place > 0) {
        EXPECT_GE(how_far[static_cast<std::size_t>(first)],
                  how_far[static_cast<std::size_t>(outcomes[place - 1].first)]);
      }
    }
    EXPECT_EQ(outcomes.back().first, End::committed) << "not cut at all";
    RecordProperty("bytes", static_cast<int>(count));
    EXPECT_GT(ends[static_cast<std::size_t>(End::not_committed)], 30);
    EXPECT_GT(ends[static_cast<std::size_t>(End::in_doubt)], 2);
    EXPECT_EQ(effects_.count(), static_cast<std::int64_t>(offsets.size()) + 1);
    EXPECT_EQ(effects_.doubled(), 0);
    EXPECT_EQ(effects_.without_key(), 0);
  }

  Database database_;
  Effects effects_{database_.options()};
};

TEST_F(ByteCut, of_what_the_client_sends_is_told_right_and_done_once) {
  expect_right(Direction::client_to_server);
}

TEST_F(ByteCut, of_what_the_server_answers_is_told_right_and_done_once) {
  expect_right(Direction::server_to_client);
}

}  // namespace
}  // namespace waybill::postgres::testing
