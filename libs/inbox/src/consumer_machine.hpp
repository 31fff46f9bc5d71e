#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "waybill/base/backoff.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/base/uuid.hpp"

namespace waybill::inbox {

/// Places of messages in the consumer's hand.
using Places = std::vector<std::size_t>;

namespace act {
struct Receive {};  ///< more messages, which make the new hand
struct Begin {      ///< while nothing else is at work in the process, from here to the end of its Run and
                    ///< Record: note that this one is about to be handled, and may end the process
  std::size_t place = 0;
};
struct TakeBack {  ///< these notes: they have ended no process, and are not at work now
  Places places;
};
struct Run {  ///< handle these in a transaction, or those of them that can be
  Places places;
  bool alone = false;  ///< it was begun
};
struct Record {  ///< write down these failures, with the retries and dead letters they lead to
  Places places;
};
struct Settle {  ///< these are over
  Places places;
};
struct Sleep {  ///< the database, or what a handler needs, is away
  std::chrono::milliseconds duration{0};
};
struct GiveBack {  ///< to the broker, all that is in hand, until the database is there again
  Places begun;    ///< of these the note is to be taken back: they have ended no process
};
struct Stop {};
}  // namespace act

using Action = std::variant<act::Receive, act::Begin, act::TakeBack, act::Run, act::Record, act::Settle,
                            act::Sleep, act::GiveBack, act::Stop>;

/// What the consumer does next: pure, so that it is told what the database and the broker said, and the time.
/// One hand of messages at a time; each is acknowledged after what it did was committed, or after its failure
/// was. One thread.
class ConsumerMachine {
 public:
  struct Limits {
    std::uint32_t crashes = 3;
    std::chrono::milliseconds give_back_after{5'000};
    base::Backoff::Limits rest{std::chrono::milliseconds{50}, std::chrono::milliseconds{1'000}, 2.0};
  };
  /// Of a message, all that matters here.
  struct Card {
    base::Uuid id;
    std::int64_t payload_hash = 0;
    std::uint32_t attempt = 1;
    bool is_suspect = false;
    bool is_refused = false;  ///< it will not be handled, whatever happens
    bool is_skipped = false;
  };
  enum class End : std::uint8_t {
    over,        ///< committed: handled, or found to be handled
    failed,      ///< its own fault
    unfinished,  ///< nothing of it was committed, and it is not to blame
    in_doubt,    ///< it may have been committed
  };

  ConsumerMachine(Limits limits, std::uint64_t seed) : limits_(limits), rest_(limits.rest, seed) {}

  Action next(base::SteadyTime now);

  void on_received(const std::vector<Card>& cards);
  void on_begun(std::size_t place, std::uint32_t crashes);
  /// Also when it could not be done.
  void on_taken_back(const Places& places);
  /// The ends of the last Run's places. What a handler asked to wait for is a rest.
  void on_ran(const Places& places, const std::vector<End>& ends, base::SteadyTime now,
              std::optional<std::chrono::milliseconds> rest = std::nullopt);
  void on_recorded(const Places& places);
  void on_settled(const Places& places);
  /// Begin or Record could not be done: the database is away.
  void on_unavailable(base::SteadyTime now);
  void on_given_back();
  void on_stop() { is_stopping_ = true; }

 private:
  enum class State : std::uint8_t { open, failed, over, settled };
  struct Slot {
    Card card;
    State state = State::open;
    bool is_begun = false;
    bool may_be_noted = false;  ///< that it was begun: also when nobody said so
  };

  std::optional<Action> settle_or_record() const;
  void fit(const Places& places, const std::vector<End>& ends);
  act::Run run_from(std::size_t first) const;
  Places in_state(State state) const;
  /// What may be noted as begun, and is not over.
  Places noted() const;

  Limits limits_;
  base::Backoff rest_;
  std::size_t fits_ = std::numeric_limits<std::size_t>::max();  ///< as many, it seems, as can be done in time
  std::vector<Slot> hand_;
  std::optional<base::SteadyTime> away_since_;
  std::optional<std::chrono::milliseconds> sleep_;
  bool takes_back_ = false;
  bool gives_back_ = false;
  bool is_stopping_ = false;
};

}  // namespace waybill::inbox
