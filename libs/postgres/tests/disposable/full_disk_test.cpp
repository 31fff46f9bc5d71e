#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>

#include "broken_server.hpp"
#include "data_directory.hpp"
#include "small_disk.hpp"
#include "waybill/testkit/eventually.hpp"

// A full disk, of the tables or of the log: no transaction is to blame, and all goes on when there is space.

namespace waybill::postgres::testing {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;

class FullDisk : public ::testing::Test {
 protected:
  FullDisk() {
    effects_.direct().transact([](Tx& tx) { tx.execute("CREATE TABLE ballast (text text)"); }, soon());
  }
  /// From now on, that directory of the server is on a disk of its own.
  void move_to_small_disk(const std::string& directory) {
    const DataDirectory data(effects_.direct());
    server_.stop();
    data.move(directory, disk_.path() / directory);
    server_.start();
  }
  /// An effect with a quarter of a megabyte beside it.
  static void write(Tx& tx, std::int64_t key) {
    Effects::apply(tx, key);
    tx.execute("INSERT INTO ballast SELECT repeat('x', 1000) FROM generate_series(1, 256)");
  }
  End attempt(std::int64_t key, std::optional<Fault>& told) {
    return Effects::attempt(
        pool_, [key](Tx& tx) { write(tx, key); }, &told);
  }
  /// Writes until that many times it was refused; what was told of each key.
  std::vector<std::pair<std::int64_t, End>> write_until_refused(std::int64_t first, int refusals,
                                                                std::vector<Fault>& faults) {
    std::vector<std::pair<std::int64_t, End>> ends;
    while (refusals > 0) {
      std::optional<Fault> told;
      ends.emplace_back(first, attempt(first, told));
      ++first;
      if (!told) continue;
      faults.push_back(*told);
      --refusals;
    }
    return ends;
  }

  SmallDisk disk_{64};
  servers::DisposablePostgres server_{"min_wal_size = 32MB\nmax_wal_size = 32MB\n"};
  Effects effects_{options_for(server_)};
  Pool pool_{options_for(server_, 4)};
};

TEST_F(FullDisk, of_tables_is_unavailable_and_over_when_there_is_space) {
  move_to_small_disk("base");
  std::optional<Fault> told;
  ASSERT_EQ(attempt(1, told), End::committed);
  disk_.fill();
  std::vector<Fault> faults;
  const auto ends = write_until_refused(2, 5, faults);
  for (const auto& fault : faults) {
    EXPECT_EQ(fault.kind(), FaultKind::unavailable) << fault.what();
    EXPECT_EQ(fault.sqlstate(), "53100") << fault.what();
    EXPECT_FALSE(fault.connection_lost());
    EXPECT_THAT(fault.what(),
                AllOf(HasSubstr("PostgreSQL at 127.0.0.1:"), HasSubstr("No space left on device"),
                      HasSubstr("Check free disk space")));
  }
  disk_.release();
  for (const auto& [key, end] : ends)
    EXPECT_EQ(attempt(key, told), end == End::committed ? End::was_there : End::committed) << key;
  EXPECT_EQ(effects_.count(), static_cast<std::int64_t>(ends.size()) + 1);
  EXPECT_EQ(effects_.doubled(), 0);
}

// Without a place for its log the server ends itself, whatever its sessions are at. Nothing it has
// acknowledged may be missing when it is back.
TEST_F(FullDisk, of_the_log_loses_nothing_that_was_acknowledged) {
  move_to_small_disk("pg_wal");
  std::mutex mutex;
  std::vector<std::pair<std::int64_t, End>> ends;
  std::vector<Fault> faults;
  disk_.fill();
  in_threads(4, [&](int thread) {
    std::vector<Fault> its_faults;
    const auto its_ends = write_until_refused(std::int64_t{thread} * 1'000'000, 3, its_faults);
    const std::lock_guard lock(mutex);
    ends.insert(ends.end(), its_ends.begin(), its_ends.end());
    faults.insert(faults.end(), its_faults.begin(), its_faults.end());
  });
  for (const auto& fault : faults) {
    EXPECT_THAT(fault.kind(), AnyOf(FaultKind::unavailable, FaultKind::in_doubt)) << fault.what();
    EXPECT_THAT(fault.what(), HasSubstr("127.0.0.1:"));
  }
  disk_.release();
  server_.start();
  EXPECT_TRUE(testkit::eventually([&] { return !ping_fault(pool_); }));
  const auto all = effects_.all();
  const std::set<std::int64_t> there(all.begin(), all.end());
  std::int64_t committed = 0;
  for (const auto& [key, end] : ends) {
    EXPECT_NE(end, End::was_there);
    committed += end == End::committed ? 1 : 0;
    if (end != End::in_doubt) {
      EXPECT_EQ(there.contains(key), end == End::committed) << key;
    }
    std::optional<Fault> told;
    EXPECT_EQ(attempt(key, told), there.contains(key) ? End::was_there : End::committed) << key;
  }
  EXPECT_GT(committed, 0);
  EXPECT_EQ(effects_.count(), static_cast<std::int64_t>(ends.size()));
  EXPECT_EQ(effects_.doubled(), 0);
}

}  // namespace
}  // namespace waybill::postgres::testing
