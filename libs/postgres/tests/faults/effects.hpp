#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "../test_database.hpp"
#include "waybill/postgres/batch.hpp"
#include "waybill/postgres/pool.hpp"

namespace waybill::postgres::testing {

/// How an attempt at an effect ended, as far as its caller can know.
enum class End { committed, was_there, not_committed, in_doubt };

/// Effects that have to happen once each. One transaction writes the effect, of which nothing keeps a second
/// from being written, and the caller's key, which is unique: what every user of a database that can fail
/// does.
class Effects {
 public:
  explicit Effects(const Options& direct) : direct_(direct) {
    direct_.transact(
        [](Tx& tx) {
          tx.execute("CREATE TABLE key (id bigint PRIMARY KEY)");
          tx.execute("CREATE TABLE effect (id bigint NOT NULL)");
        },
        soon());
  }

  static void apply(Tx& tx, std::int64_t key) {
    tx.execute("INSERT INTO key VALUES ($1)", key);
    tx.execute("INSERT INTO effect VALUES ($1)", key);
  }

  /// The function is apply() and what a test does on the way.
  template <std::invocable<Tx&> F>
  static End attempt(Pool& pool, F function, std::optional<Fault>* told = nullptr,
                     base::Deadline deadline = soon()) {
    try {
      pool.transact(function, deadline);
      return End::committed;
    } catch (const Fault& fault) {
      if (told != nullptr) *told = fault;
      if (fault.violates("key_pkey")) return End::was_there;
      return fault.kind() == FaultKind::in_doubt ? End::in_doubt : End::not_committed;
    }
  }
  static End attempt(Pool& pool, std::int64_t key, std::optional<Fault>* told = nullptr,
                     base::Deadline deadline = soon()) {
    return attempt(
        pool, [key](Tx& tx) { apply(tx, key); }, told, deadline);
  }

  std::int64_t count() { return one("SELECT count(*) FROM effect"); }
  std::int64_t doubled() { return one("SELECT count(*) - count(DISTINCT id) FROM effect"); }
  std::int64_t without_key() {
    return one("SELECT count(*) FROM effect WHERE id NOT IN (SELECT id FROM key)");
  }
  std::vector<std::int64_t> all() {
    return direct_.transact(
        [](Tx& tx) { return tx.query<std::int64_t>("SELECT id FROM effect ORDER BY id"); }, soon());
  }
  /// To look at the database past all proxies.
  Pool& direct() { return direct_; }

 private:
  std::int64_t one(Sql sql) {
    return direct_.transact([&](Tx& tx) { return tx.query_one<std::int64_t>(sql); }, soon());
  }
  Pool direct_;
};

/// Runs the function once in each of as many threads, with the thread's number from 0 on, and waits for all.
template <class F>
void in_threads(int count, F function) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([&function, i] { function(i); });
  for (auto& thread : threads) thread.join();
}

}  // namespace waybill::postgres::testing
