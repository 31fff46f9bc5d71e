#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "watch_action.hpp"
#include "watched.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/message/outcome.hpp"
#include "waybill/outbox/binding_source.hpp"
#include "waybill/outbox/binding_watch.hpp"

namespace waybill::outbox {

/// The replay that is at work, page by page.
struct ReplayPage {
  enum class State : std::uint8_t { read, to_send, under_way, done };  // done: to be saved
  State state = State::read;
  std::size_t binding = 0;  // its place in watched_
  std::uint64_t number = 0;
  SentRows rows{};
  std::size_t waits_for = 0;
  std::size_t copies = 0;
  bool has_failed = false;
  bool is_void = false;  // its binding was lost again
};

/// What the leader of an outbox does about the bindings that ought to be there: when it looks, what it takes
/// from what it sees, which events it sends again to which queue. It does nothing itself and knows no clock.
///
/// Promises: of a binding that was missing in one look, or whose queue lost its mark, every event that was
/// sent by it since the last good look (of a queue that was deleted: since it was last seen to be empty) is
/// sent to the queue again once it is bound; from the beginning if the binding is lost again meanwhile. What
/// is to be sent again is in what it asks to save, before it is acted on; so a leader that follows goes on
/// from there. Copies of one page are in memory at a time. Does not promise: that a copy is sent once, nor an
/// order between copies and other messages. Concurrency: one thread.
class WatchMachine {
 public:
  /// What operators should hear of.
  struct Notice {
    enum class What : std::uint8_t {
      missing,
      repaired,
      queue_gone,
      replayed,  ///< all that was to be sent again has been: `rows` copies by this leader
      cannot_see,
      can_see_again,
      cannot_mark,
    };
    What what = What::missing;
    WantedBinding binding{};
    std::string text{};  ///< why
    std::size_t rows = 0;
    std::optional<base::WallTime> since{};
  };

  WatchMachine(BindingWatch watch, std::vector<Watched> saved, base::SteadyTime now);

  WatchAction next(base::SteadyTime now);

  /// `began` is the database's time before the broker was asked.
  void on_looked(boost::system::result<BrokerView, CannotSee> seen, base::WallTime began);
  void on_marked(const std::optional<CannotSee>& failure);
  /// `at` is the database's time.
  void on_settled(base::WallTime at);
  void on_read(SentRows rows);
  void on_outcome(std::uint64_t page, const message::Outcome& outcome, base::SteadyTime now);
  void on_saved(bool was_progress);

  std::size_t missing() const;
  const std::vector<Watched>& watched() const { return watched_; }
  std::vector<Notice> take_notices();

 private:
  void find_replay();
  std::optional<WatchAction> turn_page(base::SteadyTime now);
  bool has_unsettled();
  void forget_progress(std::size_t binding);
  void tell(Notice::What what, const Watched& watched, std::string text = {});

  const BindingWatch watch_;
  std::vector<Watched> watched_;
  base::SteadyTime look_at_;
  bool is_looking_ = false;
  bool is_blind_ = false;
  bool is_to_save_ = false;
  std::set<message::Queue> to_mark_;
  bool is_marking_ = false;
  bool is_mark_told_ = false;
  bool is_settling_ = false;
  std::set<std::size_t> settling_;  // bindings whose replays end when what is under way has been removed
  std::optional<ReplayPage> page_;
  std::uint64_t pages_ = 0;
  base::SteadyTime page_at_;
  std::chrono::milliseconds page_wait_;
  std::vector<std::size_t> copies_;  // by binding, of the replay at work
  std::vector<Notice> notices_;
};

}  // namespace waybill::outbox
