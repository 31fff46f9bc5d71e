#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "waybill/base/deadline.hpp"
#include "waybill/postgres/pool.hpp"

namespace waybill::postgres {

/// How one item of a batch ended.
enum class BatchState : std::uint8_t {
  committed,   ///< what it did is in the database
  failed,      ///< alone in a transaction, it failed: the fault is its own
  in_doubt,    ///< its transaction's COMMIT was sent and not answered
  unfinished,  ///< nothing of it is in the database, and it is not to blame: no server, no time
};

/// What is done with each item, and around all that share a transaction. Any of it may run more than once,
/// with ever smaller groups of items: results that are kept aside must be those of the last run.
class BatchWork {
 public:
  virtual ~BatchWork() = default;
  /// First in each transaction: for the statements that prepare all of its members at once.
  virtual void begin(Tx&, std::span<const std::size_t> /*members*/) {}
  /// For each member, in ascending order.
  virtual void each(Tx& tx, std::size_t item) = 0;
  /// Last before the commit: for the statements that write for all members at once.
  virtual void end(Tx&, std::span<const std::size_t> /*members*/) {}
};

struct BatchEnd {
  BatchState state = BatchState::unfinished;
  std::exception_ptr error;  ///< why; empty when committed
};

/// Many items, one transaction, an end for each.
///
/// Promises: when an item throws, the transaction is rolled back, the others run again without it, and it
/// runs alone after them; what fails then is its own. A fault of begin(), end() or the commit is tracked down
/// by halving. A transaction that lost to another one (40001, 40P01) runs again after a random wait, then in
/// halves, and is nobody's failure until it has happened Options::attempts times to one item alone. A
/// connection that breaks before COMMIT is sent is replaced once. When the server is away or the deadline
/// comes, what is not decided ends as unfinished, when the answer to a COMMIT is lost, that transaction's
/// members as in_doubt. Those who share a transaction keep their order. Does not promise: one transaction, or
/// an order between those that threw and the others. Faults: in the ends, never thrown. Concurrency: as
/// Pool::transact().
std::vector<BatchEnd> run_batch(Pool& pool, BatchWork& work, std::size_t items, base::Deadline deadline);

/// How one function of a Batch ended: its value or why there is none.
template <class T>
struct BatchOutcome : BatchEnd {
  std::optional<T> value;
  /// The value of what was committed; throws why it was not.
  T& get() {
    if (!value) std::rethrow_exception(error);
    return *value;
  }
};
template <>
struct BatchOutcome<void> : BatchEnd {
  void get() const {
    if (error) std::rethrow_exception(error);
  }
};

/// run_batch() for functions: add() them, run() them, and each has its outcome, in the order of adding.
template <class T = void>
class Batch {
 public:
  explicit Batch(Pool& pool) : pool_(pool) {}

  void add(std::function<T(Tx&)> function) { functions_.push_back(std::move(function)); }
  std::size_t size() const { return functions_.size(); }

  /// Runs what was added, and leaves the batch empty.
  std::vector<BatchOutcome<T>> run(base::Deadline deadline) {
    Work work(std::exchange(functions_, {}));
    const auto ends = run_batch(pool_, work, work.functions.size(), deadline);
    for (std::size_t i = 0; i < ends.size(); ++i) {
      static_cast<BatchEnd&>(work.outcomes[i]) = ends[i];
      if constexpr (!std::is_void_v<T>) {
        if (ends[i].state != BatchState::committed) work.outcomes[i].value.reset();
      }
    }
    return std::move(work.outcomes);
  }

 private:
  struct Work final : BatchWork {
    explicit Work(std::vector<std::function<T(Tx&)>> given)
        : functions(std::move(given)), outcomes(functions.size()) {}
    void each(Tx& tx, std::size_t item) override {
      if constexpr (std::is_void_v<T>) {
        functions[item](tx);
      } else {
        outcomes[item].value.emplace(functions[item](tx));
      }
    }
    std::vector<std::function<T(Tx&)>> functions;
    std::vector<BatchOutcome<T>> outcomes;
  };

  Pool& pool_;
  std::vector<std::function<T(Tx&)>> functions_;
};

}  // namespace waybill::postgres
