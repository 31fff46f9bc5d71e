#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "request_mark.hpp"
#include "waybill/accept/acceptor.hpp"
#include "waybill/base/clock.hpp"

namespace waybill::accept {

struct Caller;

/// How a run of an execution ended.
enum class RunEnd : std::uint8_t {
  over,      ///< it is decided, and there is an answer
  away,      ///< nothing was done, for want of the database
  again,     ///< nothing was done by this run, and another one may do it
  in_doubt,  ///< its COMMIT was sent and not answered
};

/// Decides which requests wait, which share an execution, which share the next transaction, and who is told
/// what when. Pure: callers are names to it, and the time is told. What answers several callers is run with
/// the function of the first of them, its owner, who is told nothing while it runs.
class AcceptMachine {
 public:
  struct Limits {
    std::size_t group = 64;
    std::size_t waiting = 1'000;
  };

  enum class Refusal : std::uint8_t {
    full,
    stopping,
    reused,  ///< the key is another request's, which is here
  };

  class Execution;
  struct Member {
    Execution* execution = nullptr;  ///< for finished(); the machine's
    Caller* owner = nullptr;
    const RequestMark* mark = nullptr;
    /// An earlier run may hold its lock for a while.
    bool was_begun = false;
  };
  struct Group {
    std::vector<Member> members{};
    base::SteadyTime deadline{};  ///< of the most patient of all callers
  };

  enum class What : std::uint8_t {
    answer,        ///< the execution's
    same_answer,   ///< the execution's, which is another caller's as well
    doubt_solved,  ///< the execution's, which may have been committed by a run whose COMMIT was lost
    away,          ///< nothing was done, for want of the database
    late,          ///< nothing was done
    unknown,       ///< nobody knows
  };
  struct Told {
    Caller* caller = nullptr;
    What what = What::answer;
    friend bool operator==(const Told&, const Told&) = default;
  };

  explicit AcceptMachine(Limits limits);
  ~AcceptMachine();

  /// Takes a caller in. From then on it is told something, once.
  std::optional<Refusal> add(Caller* caller, RequestMark mark, base::SteadyTime deadline,
                             Sharing sharing = Sharing::shared);

  /// Those that are to be run next, together; none where none is due, or where waiting for the group that is
  /// under way makes a larger one.
  Group take(base::SteadyTime now);
  /// Whether a thread that has nothing to do would take a group now; also where none knows yet until when
  /// those who wait do so.
  bool needs_thread(base::SteadyTime now) const { return !is_growth_known_ || !is_to_grow(now); }
  /// A run of a member has ended. Who is told of it.
  std::vector<Told> finished(const Member& member, RunEnd end, base::SteadyTime now);

  /// Those whose time is over, but for owners of what is running.
  std::vector<Told> expire(base::SteadyTime now);
  /// Refuses whoever comes.
  void stop() { is_stopping_ = true; }
  /// The same, and ends all that waits. What runs is not put back any more.
  std::vector<Told> close();

  bool has_waiting() const { return !line_.empty(); }
  /// When one that rests after a run is due again, or those who wait do so no longer for a larger group.
  std::optional<base::SteadyTime> next_ready() const;
  /// Before that, nobody's time is over.
  base::SteadyTime next_deadline() const { return earliest_; }
  bool is_empty() const { return executions_.empty(); }
  Acceptor::Load load() const { return {.waiting = callers_ - running_, .running = running_}; }

 private:
  struct HashOfKey {
    std::size_t operator()(const RequestMark* mark) const { return static_cast<std::size_t>(mark->hash); }
  };
  struct SameKey {
    bool operator()(const RequestMark* a, const RequestMark* b) const { return a->has_key_of(*b); }
  };

  bool is_to_grow(base::SteadyTime now) const;
  void wake_rested(base::SteadyTime now);
  void begin(Execution& execution, Group& group);
  void rest(Execution& execution, base::SteadyTime now);
  void tell_late(Execution& execution, base::SteadyTime now, std::vector<Told>& told);
  void tell_all(Execution& execution, What what, std::vector<Told>& told);
  void forget(Execution& execution);
  void note_deadlines(const Execution& execution);

  const Limits limits_;
  std::unordered_map<const RequestMark*, std::unique_ptr<Execution>, HashOfKey, SameKey> executions_;
  std::deque<Execution*> line_;      ///< first come, first served
  std::vector<Execution*> resting_;  ///< in the order of their runs' ends
  base::SteadyTime earliest_ = base::SteadyTime::max();
  base::SteadyTime last_taken_{};
  bool is_growth_known_ = false;  // to a thread, which will look again
  std::size_t callers_ = 0;
  std::size_t running_ = 0;
  bool is_stopping_ = false;
  bool is_closed_ = false;
};

}  // namespace waybill::accept
