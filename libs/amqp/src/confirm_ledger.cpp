#include "confirm_ledger.hpp"

#include <algorithm>
#include <bit>

#include "waybill/base/ensure.hpp"

namespace waybill::amqp {

ConfirmLedger::ConfirmLedger(std::size_t window)
    : window_(window), ring_(std::bit_ceil(std::max<std::size_t>(2 * window, 64))) {
  ENSURE(window > 0, "a window holds at least one");
}

void ConfirmLedger::add(std::size_t exchange_hash, base::Deadline deadline, message::Publisher::Done done,
                        base::SteadyTime sent_at) {
  ENSURE(!full(), "no publish beyond the window");
  ENSURE(done != nullptr, "somebody wants to know the outcome");
  if (next_ - first_ == ring_.size()) set_oldest_apart();
  at(next_) = {std::move(done), deadline.when(), sent_at, exchange_hash, true};
  next_deadline_ = std::min(next_deadline_, deadline.when());
  ++next_;
  ++open_;
}

// One confirm that is long in coming must not hold up all others: it leaves the ring, which goes on.
void ConfirmLedger::set_oldest_apart() {
  stragglers_.emplace_back(first_, std::exchange(at(first_), {}));
  ++first_;
  drop_closed();
}

void ConfirmLedger::drop_closed() {
  while (first_ < next_ && !at(first_).open) ++first_;
}

ConfirmLedger::Entry* ConfirmLedger::find(std::uint64_t number) {
  if (number >= next_) return nullptr;
  if (number >= first_) return at(number).open ? &at(number) : nullptr;
  const auto found = std::ranges::lower_bound(stragglers_, number, {}, &Straggler::first);
  const bool is_there = found != stragglers_.end() && found->first == number;
  return is_there ? &found->second : nullptr;
}

template <class Visit>
void ConfirmLedger::for_each_open(Visit visit) {
  for (auto& [number, entry] : stragglers_) visit(number, entry);
  for (auto number = first_; number < next_; ++number) {
    if (at(number).open) visit(number, at(number));
  }
}

void ConfirmLedger::end(Entry& entry, message::Outcome outcome) {
  if (!entry.done) return;
  ended_.push_back({std::move(entry.done), std::move(outcome), entry.sent_at});
  entry.done = nullptr;
}

void ConfirmLedger::close(Entry& entry, const message::Outcome& outcome) {
  end(entry, outcome);
  entry.open = false;
  --open_;
}

bool ConfirmLedger::answered(std::uint64_t number, bool multiple, const message::Outcome& outcome) {
  if (number >= next_ || (number == 0 && !multiple)) return false;
  if (multiple) {
    // Zero stands for all that are open.
    const auto last = number == 0 ? next_ - 1 : number;
    const auto past = std::ranges::upper_bound(stragglers_, last, {}, &Straggler::first);
    for (auto each = stragglers_.begin(); each != past; ++each) close(each->second, outcome);
    stragglers_.erase(stragglers_.begin(), past);
    for (auto each = first_; each <= last; ++each) {
      if (at(each).open) close(at(each), outcome);
    }
  } else {
    auto* entry = find(number);
    if (entry == nullptr) return false;
    close(*entry, outcome);
    if (number < first_) std::erase_if(stragglers_, [](const Straggler& each) { return !each.second.open; });
  }
  drop_closed();
  return true;
}

bool ConfirmLedger::returned(std::uint64_t number, message::Returned returned) {
  auto* entry = find(number);
  if (entry == nullptr) return false;
  end(*entry, std::move(returned));
  return true;
}

void ConfirmLedger::exchange_failed(std::size_t exchange_hash, const message::Returned& returned) {
  Entry* last = nullptr;
  for_each_open([&](std::uint64_t, Entry& entry) {
    if (entry.exchange_hash == exchange_hash) last = &entry;
  });
  if (last != nullptr) end(*last, returned);
}

void ConfirmLedger::interrupted(const std::string& why) {
  for_each_open([&](std::uint64_t, Entry& entry) { close(entry, message::Unknown{why, true}); });
  stragglers_.clear();
  first_ = next_ = 1;
  next_deadline_ = base::SteadyTime::max();
  ENSURE(open_ == 0, "an interruption leaves nothing open");
}

void ConfirmLedger::expire(base::SteadyTime now) {
  if (now < next_deadline_) return;
  next_deadline_ = base::SteadyTime::max();
  for_each_open([&](std::uint64_t, Entry& entry) {
    if (!entry.done) return;
    if (entry.deadline <= now) {
      end(entry, message::Unknown{"the broker did not confirm it before its deadline", true});
    } else {
      next_deadline_ = std::min(next_deadline_, entry.deadline);
    }
  });
}

}  // namespace waybill::amqp
