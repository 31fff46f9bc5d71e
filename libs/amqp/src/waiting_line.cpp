#include "waiting_line.hpp"

#include <algorithm>
#include <iterator>

namespace waybill::amqp {

void WaitingLine::append(std::vector<Unsent>& arrived) {
  for (const auto& each : arrived) next_deadline_ = std::min(next_deadline_, each.deadline.when());
  if (empty()) {
    items_.clear();
    head_ = 0;
    items_.swap(arrived);
    return;
  }
  // What has been sent is dropped once it is the greater part, so that a line that never empties stays short.
  if (head_ > items_.size() / 2) {
    items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
  std::ranges::move(arrived, std::back_inserter(items_));
  arrived.clear();
}

Unsent* WaitingLine::front() {
  while (!empty() && !items_[head_].done) ++head_;
  return empty() ? nullptr : &items_[head_];
}

void WaitingLine::pop() {
  ++head_;
  ++left_;
}

void WaitingLine::expire(base::SteadyTime now, std::vector<Ended>& ended) {
  if (now < next_deadline_) return;
  next_deadline_ = base::SteadyTime::max();
  for (std::size_t i = head_; i < items_.size(); ++i) {
    auto& item = items_[i];
    if (!item.done) continue;
    if (item.deadline.when() > now) {
      next_deadline_ = std::min(next_deadline_, item.deadline.when());
      continue;
    }
    ended.push_back({std::exchange(item.done, nullptr),
                     message::Unknown{"its deadline passed before it could be sent", false}});
    ++left_;
  }
}

void WaitingLine::end_all(const message::Outcome& outcome, std::vector<Ended>& ended) {
  for (std::size_t i = head_; i < items_.size(); ++i) {
    if (!items_[i].done) continue;
    ended.push_back({std::exchange(items_[i].done, nullptr), outcome});
    ++left_;
  }
  items_.clear();
  head_ = 0;
}

}  // namespace waybill::amqp
