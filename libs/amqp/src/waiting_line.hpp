#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "confirm_ledger.hpp"
#include "waybill/message/publisher.hpp"

namespace waybill::amqp {

/// A publication that has not been sent.
struct Unsent {
  message::Publication publication;
  base::Deadline deadline;
  message::Publisher::Done done;
};

/// Publications in the order in which they are to be sent. One that expires leaves its place in the line
/// empty. Not thread-safe.
class WaitingLine {
 public:
  /// Takes all of them, and leaves `arrived` empty; by a mere swap when nothing waits.
  void append(std::vector<Unsent>& arrived);

  bool empty() const { return head_ == items_.size(); }
  std::size_t size() const { return items_.size() - head_; }
  /// The next to be sent, or nothing. Empty places are skipped.
  Unsent* front();
  void pop();

  /// Ends those whose deadline has passed.
  void expire(base::SteadyTime now, std::vector<Ended>& ended);
  void end_all(const message::Outcome& outcome, std::vector<Ended>& ended);
  base::SteadyTime next_deadline() const { return next_deadline_; }

  bool has_left() const { return left_ > 0; }
  /// How many have left since the last call.
  std::size_t take_left_count() { return std::exchange(left_, 0); }

 private:
  std::vector<Unsent> items_;
  std::size_t head_ = 0;
  std::size_t left_ = 0;
  base::SteadyTime next_deadline_ = base::SteadyTime::max();
};

}  // namespace waybill::amqp
