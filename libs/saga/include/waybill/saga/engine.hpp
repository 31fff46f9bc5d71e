#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "waybill/base/deadline.hpp"
#include "waybill/inbox/handlers.hpp"
#include "waybill/message/names.hpp"
#include "waybill/outbox/scope.hpp"
#include "waybill/postgres/pool.hpp"
#include "waybill/saga/definition.hpp"
#include "waybill/saga/instance.hpp"
#include "waybill/saga/journal.hpp"
#include "waybill/saga/probe.hpp"

namespace waybill::saga {

struct EngineOptions {
  /// By which comes again what this program does not understand yet: each queue is bound by its own name.
  message::Exchange retry_exchange{"retry"};
  std::chrono::milliseconds again_after{1'000};
  /// How long a saga that has ended is kept; its key is free after that. Longer than any message is
  /// remembered.
  std::chrono::seconds keep_ended{std::chrono::days{30}};
  /// Of how many sagas, at most, the last state stays in memory.
  std::size_t cached = 10'000;
};

/// What became of a wish to cancel.
enum class Cancellation : std::uint8_t {
  accepted,  ///< it is being undone, or is undone already
  too_late,  ///< it is past its point of no return, completed or abandoned
  unknown,   ///< there is none of that key
  not_now,   ///< it is under way, of a version that this program does not know
};

/// What became of an operator's order.
enum class Operation : std::uint8_t { done, not_possible, too_late, unknown, not_now };

/// Where a saga stands.
struct Standing {
  base::Uuid id;
  int version = 1;
  std::string key;
  Instance instance;
  std::string step;  ///< at which it is
  std::int64_t revision = 0;
};

/// A saga that has gone on, as its row will have it when the transaction is committed.
struct Progress {
  const base::Uuid& id;
  const std::string& key;
  const Instance& instance;
  base::WallTime at{};  ///< by the database's clock
};

/// Brings rows of the service's own up to date with what has become of its sagas: called with all of one name
/// that have changed, but for those that begin, in the transaction that changes them, which holds their rows.
/// It should take as many statements for many as for one. What it throws counts as thrown by what brought the
/// answers; of deadlines it keeps all that are looked at together waiting.
using Projection = std::function<void(postgres::Tx&, std::span<const Progress>)>;

/// Keeps the sagas of a service in its database, and goes on with them.
///
///   saga::Engine engine({}, sender);
///   engine.add(book_trip());
///   engine.receive_answers(handlers, message::Queue{"trip.replies"});  // of the consumer of that queue
///   outbox::transact(pool, sender, [&](outbox::Scope& scope) {
///     engine.begin(scope, book_trip(), trip.id, trip);
///   }, deadline);
///   saga::Deadlines deadlines(engine, pool);                            // for what is not answered
///
/// Promises: an input changes its saga once, in the transaction that has brought it, together with what is
/// sent for it and the line in the journal. All sagas that the answers of a batch are for are locked in the
/// order of their ids, loaded in one statement and stored in one. Answers and deadlines that come together
/// make one step each. An input for a version that this program does not know comes again, uncounted, until a
/// program takes it that does. Does not promise: anything to what a program does with the table beside it.
/// Concurrency: add(), project() and receive_…() before everything else, the others from any thread. It
/// outlives the handlers; the sender outlives it.
class Engine {
 public:
  Engine(EngineOptions options, const outbox::Sender& sender, const Probe& probe = {});
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Of one saga, any number of versions; a name and version come once (ENSURE).
  template <class Data>
  Engine& add(const Definition<Data>& definition) {
    add_plan(definition.handle());
    return *this;
  }
  /// One for a name (ENSURE).
  Engine& project(std::string name, Projection projection);
  /// Takes the answers to all definitions that were added, as handlers of the queue where they come.
  void receive_answers(inbox::Handlers& handlers, message::Queue queue) const;
  /// The same for the commands that cancel.
  void receive_cancellations(inbox::Handlers& handlers, message::Queue queue) const;

  /// A saga begins, of a definition that was added (ENSURE), under a business key that no other of its name
  /// has, ended ones included: another one is a permanent Fault, with the transaction's commit. The id is its
  /// name for participants.
  template <class Data>
  base::Uuid begin(outbox::Scope& scope, const Definition<Data>& definition, std::string key,
                   Data data) const {
    return begin_plan(scope, definition.plan(), std::move(key), AnyData::of(std::move(data)));
  }

  /// Locks the saga until the transaction ends.
  Cancellation cancel(outbox::Scope& scope, std::string_view name, std::string_view key,
                      std::string_view by) const;
  /// Locks the saga until the transaction ends.
  Operation operate(outbox::Scope& scope, const base::Uuid& saga, input::Order order,
                    std::string_view reason) const;

  /// Nothing where there is none, or none of a version that this program knows.
  std::optional<Standing> find(postgres::Tx& tx, std::string_view name, std::string_view key) const;
  /// Which change of it is the last one; nothing where there is none. Cheap enough to be asked often.
  static std::optional<std::int64_t> revision(postgres::Tx& tx, const base::Uuid& saga);
  /// What has happened to it, in order, as far as the journal is kept.
  static std::vector<JournalEntry> journal(postgres::Tx& tx, const base::Uuid& saga);

  struct Looked {
    std::size_t went_on = 0;  ///< sagas whose deadline had come
    std::size_t seen = 0;     ///< rows that were looked at; as many as asked for: there may be more
  };
  /// Goes on with sagas whose deadline has come, at most so many. For Deadlines.
  Looked look(postgres::Pool& pool, std::size_t most, base::Deadline deadline) const;
  /// Makes and drops partitions of the journal, and says which sagas wait for a program that knows them. For
  /// Deadlines.
  void maintain(postgres::Pool& pool, std::chrono::seconds keep_journal, base::Deadline deadline) const;

 private:
  struct Parts;
  void add_plan(std::shared_ptr<const Plan> plan);
  base::Uuid begin_plan(outbox::Scope& scope, const Plan& plan, std::string key, AnyData data) const;

  std::unique_ptr<Parts> parts_;
};

}  // namespace waybill::saga
