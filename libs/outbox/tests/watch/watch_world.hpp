#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "watch/watch_machine.hpp"

namespace waybill::outbox::testing {

using namespace std::chrono_literals;

/// A database and a broker in memory around the machine of one watch, in a time that only the test moves. The
/// fanout `events` leads to the queue `q`, unless something is lost.
class WatchWorld {
 public:
  explicit WatchWorld(WatchLimits limits = usual());

  static WatchLimits usual();
  static base::WallTime at(std::chrono::seconds time) { return base::WallTime{} + 1'000'000s + time; }

  /// The leader dies, with what it had in memory, and another begins with what was saved: it publishes again
  /// what was not moved.
  void lead();
  /// Does what the machine asks for until it has nothing to do at this time.
  void run();
  /// The same after a while.
  void run_after(std::chrono::milliseconds duration);
  /// Does the next thing, if there is any.
  bool step();
  /// The broker's answers to the copies under way reach the machine.
  void answer_copies();

  void unbind();
  void bind();
  /// With its bindings and its marks.
  void delete_queue();
  void declare_queue();
  /// An event goes through the exchange now, and is moved to outbox_sent now.
  void send(std::int64_t id, const std::string& exchange = "events") { move(route(id), exchange); }
  /// It goes through, and is in the relay's hands, …
  std::int64_t route(std::int64_t id);
  /// … and is moved.
  void move(std::int64_t id, const std::string& exchange = "events");
  /// The subscriber handles what stands in the queue.
  void handle();
  const Watched& watched() const { return machine_->watched().front(); }
  WatchMachine& machine() { return *machine_; }
  bool has_told(WatchMachine::Notice::What what) const { return times_told(what) > 0; }
  std::size_t times_told(WatchMachine::Notice::What what) const;

  base::SteadyTime now{std::chrono::hours{1}};
  base::WallTime database_now = at(0s);
  std::set<std::int64_t> queue;      ///< what stands in it
  std::set<std::int64_t> handled;    ///< what has come out of it
  std::vector<std::int64_t> copies;  ///< that were sent, in that order
  std::vector<std::size_t> pages;    ///< how many at a time
  std::vector<std::string> marks;    ///< that the queue has
  bool is_bound = true;
  bool has_queue = true;
  std::set<std::int64_t> in_hand;           ///< routed, and not moved yet
  std::chrono::milliseconds counts_lag{0};  ///< an empty queue is counted as such for so long
  bool counts_messages = true;
  std::optional<std::string> blind{};  ///< why nobody can see the broker
  std::optional<std::string> no_marks{};
  std::function<message::Outcome()> answers = [] { return message::Confirmed{}; };
  std::vector<Watched> saved;

  // Mistakes, for those who want to see them found.
  bool settles_too_early = false;
  bool forgets_looks = false;
  bool keeps_marks = false;
  bool forgets_what_was_wanted = false;
  bool loses_copies = false;

 private:
  void perform(const watch_act::Look& look);
  void perform(const watch_act::Mark& mark);
  void perform(const watch_act::Save& save);
  void perform(const watch_act::Settle& settle);
  void perform(const watch_act::Read& read);
  void perform(watch_act::Send& send);
  void perform(const watch_act::Wait&) {}
  void settle_if_all_ended();

  struct Sent {
    std::int64_t id = 0;
    std::string exchange;
    base::WallTime at;
  };
  BindingWatch watch_;
  std::vector<Sent> sent_;
  std::optional<WatchMachine> machine_;
  std::vector<WatchMachine::Notice> told_;
  std::vector<std::pair<std::uint64_t, message::Outcome>> answers_;  // of pages
  bool is_settling_ = false;
  std::set<std::int64_t> awaited_;
  base::WallTime last_empty_ = at(0s);
  int marks_made_ = 0;
};

}  // namespace waybill::outbox::testing
