#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "waybill/base/clock.hpp"
#include "waybill/simulate/history.hpp"

namespace waybill::simulate {

/// How often a store fails, in percent, each a fault of the dice. None by itself.
struct StoreFaults {
  unsigned goes_away = 0;        ///< whenever it is asked for something; sessions end with it
  unsigned rolls_back = 0;       ///< at a commit, as a deadlock or a conflict does
  unsigned leaves_in_doubt = 0;  ///< a commit is made or not, and the caller is not told which
  unsigned ends_sessions = 0;    ///< whenever one is used
  unsigned keeps_locks = 0;      ///< of a session that has ended, as until a dead connection is noticed
  std::chrono::milliseconds longest_away{60};
  std::chrono::milliseconds longest_kept{500};
};

/// How a transaction ended, as its caller is told.
enum class CommitEnd : std::uint8_t {
  committed,
  rolled_back,  ///< certainly not made; it can be run again
  unavailable,  ///< certainly not made; the store is away
  in_doubt,     ///< made, or not
};

class FakeSession;
class FakeTransaction;

/// A database in virtual time, with the tables that a simulation keeps in it (FakeTable).
///
/// Promises: the work of a transaction is done when it is committed, at one moment, whole or not at all; so
/// transactions are as if one came after the other, in the order of their commits. What a transaction takes
/// before that, it has from then on: a number, ids of the sequence, locks. So a row can have a lower id than
/// one that is seen already. Locks, of transactions and sessions, are held by one at a time. Does not
/// promise: that a transaction which is open sees what it has written, nor that anything waits for a lock: it
/// is got or not. Concurrency: one thread. It outlives its tables, sessions and transactions.
class FakeStore {
 public:
  using Work = std::function<void()>;

  FakeStore(History& history, std::string name);
  FakeStore(const FakeStore&) = delete;
  FakeStore& operator=(const FakeStore&) = delete;

  /// Nothing can be read or written, for a while once it begins. Each question may be the one at which it
  /// does.
  bool is_away();
  void go_away(std::chrono::milliseconds duration);

  FakeTransaction begin();
  /// A transaction that does this and is committed at once. What the work throws undoes it and is passed on.
  CommitEnd transact(const Work& work);
  std::unique_ptr<FakeSession> connect(std::string name);

  /// Each once, in this order, whatever becomes of who took it.
  std::int64_t next_id() { return ++last_id_; }
  /// In terms of the numbers of transactions: all below the first have ended, none has the second or a higher
  /// one yet.
  std::uint64_t all_ended_below() const;
  std::uint64_t none_from() const { return last_number_ + 1; }

  /// Faults are switched on, changed and off by writing here.
  StoreFaults faults;

  /// For tables: how a change is undone.
  void undo_by(Work undo);

 private:
  friend class FakeSession;
  friend class FakeTransaction;

  CommitEnd commit(const std::vector<Work>& works, std::uint64_t number);
  bool lock(const std::string& name);
  void unlock(const std::string& name) { std::erase(locks_, name); }
  void undo();

  History& history_;
  std::string name_;
  base::SteadyTime away_until_{};
  std::vector<std::uint64_t> open_;  // numbers, in their order
  std::vector<std::string> locks_;
  std::vector<FakeSession*> sessions_;
  std::vector<Work> undo_;
  bool is_at_work_ = false;
  std::uint64_t last_number_ = 0;
  std::int64_t last_id_ = 0;
};

/// One transaction, open until it is committed, rolled back or destroyed, which rolls it back.
class FakeTransaction {
 public:
  explicit FakeTransaction(FakeStore& store);
  ~FakeTransaction();
  FakeTransaction(FakeTransaction&& other) noexcept;
  FakeTransaction& operator=(FakeTransaction&& other) noexcept;

  std::uint64_t number() const { return number_; }
  /// Until it ends; false when somebody else has it.
  bool try_lock(const std::string& name);
  /// Is done at the commit, in this order.
  void then(FakeStore::Work work) { works_.push_back(std::move(work)); }
  CommitEnd commit();
  void roll_back();

 private:
  FakeStore* store_;
  std::uint64_t number_;
  std::vector<FakeStore::Work> works_;
  std::vector<std::string> locks_;
};

/// A connection that is kept, and the locks that it holds: what leads by them leads until it ends, which its
/// owner hears of when it uses it the next time. Destroyed, as by the death of its process, it ends.
class FakeSession {
 public:
  FakeSession(FakeStore& store, std::string name);
  ~FakeSession();
  FakeSession(const FakeSession&) = delete;
  FakeSession& operator=(const FakeSession&) = delete;

  /// Whether a statement gets through. What ended, or finds the store away, never does again.
  bool works();
  /// False when somebody else has it, or the session has ended.
  bool try_lock(const std::string& name);
  void end();

 private:
  friend class FakeStore;

  FakeStore& store_;
  std::string name_;
  bool is_open_ = true;
  std::vector<std::string> locks_;
};

}  // namespace waybill::simulate
