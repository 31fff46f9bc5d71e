#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace waybill::outbound {

/// Who may use a connection, and who waits. A place is a host and port.
///
/// Promises: never more than `total` begin at once, nor `per_place` to one place, nor do more than `waiting`
/// wait. Whoever leaves makes room for the longest waiting of those whose place has room; nobody overtakes
/// somebody of his own place, and a place that is full holds up no other. Pure; one thread.
class Admission {
 public:
  /// Each one's own; a later arrival has a greater one.
  using Ticket = std::uint64_t;

  struct Bounds {
    std::uint32_t total = 1;
    std::uint32_t per_place = 1;
    std::uint32_t waiting = 0;
  };
  enum class Entry { begin, wait, full };

  explicit Admission(Bounds bounds) : bounds_(bounds) {}

  /// With `full` it has not come in, and does not leave.
  Entry arrive(Ticket ticket, const std::string& place);
  /// Somebody has ended, or waits no longer. Says who is to begin.
  std::vector<Ticket> leave(Ticket ticket);

  std::size_t running() const { return running_; }
  std::size_t waiting() const { return inside_.size() - running_; }

 private:
  struct Place {
    std::uint32_t running = 0;
    std::set<Ticket> waiting;
  };
  using Places = std::map<std::string, Place>;

  bool has_room(const Place& place) const {
    return running_ < bounds_.total && place.running < bounds_.per_place;
  }
  std::vector<Ticket> fill();

  Bounds bounds_;
  std::size_t running_ = 0;
  Places places_;
  std::unordered_map<Ticket, Places::iterator> inside_;
};

}  // namespace waybill::outbound
