#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace waybill::resilience {

struct BulkheadOptions {
  std::uint32_t at_once = 10;
  std::uint32_t in_line = 0;
};

/// Throws std::invalid_argument that names the option which cannot be right.
void check(const BulkheadOptions& options);

struct Occupancy {
  std::uint32_t running = 0;
  std::uint32_t waiting = 0;
  friend bool operator==(const Occupancy&, const Occupancy&) = default;
};

/// Why somebody may not come in, or not wait, and how many are there.
struct BulkheadRefusal {
  enum class Why {
    all_busy,     ///< as many are running as may
    others_wait,  ///< what is free is for those who wait in line
    line_full,    ///< as many are waiting as may
  };
  Why why = Why::all_busy;
  Occupancy occupancy;
  friend bool operator==(const BulkheadRefusal&, const BulkheadRefusal&) = default;
};

/// "all busy: 10 running, 3 waiting"
std::string to_string(const BulkheadRefusal& refusal);

enum class BulkheadEvent { entered, left, lined_up, left_line, refused };
using BulkheadObserver = std::function<void(BulkheadEvent)>;

/// Bounds how many calls of one kind are under way, and how many wait to be, so that a slow dependency cannot
/// take every thread and all memory. It waits for nothing itself: whoever is in line tries again when
/// somebody has left, which the observer hears of.
///
/// Promises: never more than `at_once` permits and `in_line` places; a newcomer takes nothing that those in
/// line could have. Permits and places are given back when they end.
/// Does not promise: an order among those in line, which their owner keeps. A place whose holder does not try
/// again keeps newcomers out.
/// Concurrency: any thread, except that a permit or place is used by one at a time. It outlives them
/// (ENSURE).
class Bulkhead {
  struct Leave {
    void operator()(Bulkhead* bulkhead) const noexcept { bulkhead->leave(); }
  };
  struct LeaveLine {
    void operator()(Bulkhead* bulkhead) const noexcept { bulkhead->leave_line(); }
  };

 public:
  /// One call that may be made, while it lives.
  class [[nodiscard]] Permit {
    friend class Bulkhead;
    explicit Permit(Bulkhead& bulkhead) : held_(&bulkhead) {}
    std::unique_ptr<Bulkhead, Leave> held_;
  };
  class Place;
  using Entry = boost::system::result<Permit, BulkheadRefusal>;
  using Line = boost::system::result<Place, BulkheadRefusal>;

  /// Throws std::invalid_argument, see check(). The observer is called after each event by the thread that
  /// caused it, events of several threads in any order, also at the same time. It may use the bulkhead, and
  /// must not throw.
  explicit Bulkhead(const BulkheadOptions& options, BulkheadObserver observer = {});
  ~Bulkhead();
  Bulkhead(const Bulkhead&) = delete;
  Bulkhead& operator=(const Bulkhead&) = delete;

  [[nodiscard]] Entry try_enter();
  [[nodiscard]] Line try_line_up();
  Occupancy occupancy() const;

 private:
  Entry enter_from_line();
  void leave() noexcept;
  void leave_line() noexcept;
  BulkheadRefusal refused(BulkheadRefusal::Why why, Occupancy occupancy) const;
  void tell(BulkheadEvent event) const noexcept;

  const BulkheadOptions options_;
  const BulkheadObserver observer_;
  mutable std::mutex mutex_;
  Occupancy occupancy_;
};

/// A place in line, while it lives or until its holder has come in.
class [[nodiscard]] Bulkhead::Place {
 public:
  /// Comes in, which gives the place up; when all are still busy the place is kept. A bug (ENSURE) after it
  /// was given up.
  [[nodiscard]] Entry try_enter();

 private:
  friend class Bulkhead;
  explicit Place(Bulkhead& bulkhead) : held_(&bulkhead) {}
  std::unique_ptr<Bulkhead, LeaveLine> held_;
};

}  // namespace waybill::resilience
