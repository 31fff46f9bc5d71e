#include "watch_machine.hpp"

#include <algorithm>
#include <utility>

#include "judgement.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::outbox {

WatchMachine::WatchMachine(BindingWatch watch, std::vector<Watched> saved, base::SteadyTime now)
    : watch_(std::move(watch)),
      look_at_(now),
      page_at_(now),
      page_wait_(watch_.limits.retry_first),
      copies_(watch_.wanted.size(), 0) {
  for (const auto& wanted : watch_.wanted) {
    const auto known = std::ranges::find_if(saved, [&](const Watched& each) {
      return each.wanted.queue == wanted.queue && each.wanted.exchange == wanted.exchange &&
             each.wanted.routing_key == wanted.routing_key;
    });
    watched_.push_back(known == saved.end() ? Watched{} : std::move(*known));
    watched_.back().wanted = wanted;
  }
}

WatchAction WatchMachine::next(base::SteadyTime now) {
  if (is_to_save_) return watch_act::Save{watched_, false};
  if (page_ && page_->state == ReplayPage::State::done)
    return watch_act::Save{{watched_[page_->binding]}, true};
  if (!is_looking_ && look_at_ <= now) {
    is_looking_ = true;
    look_at_ = now + watch_.limits.look_every;
    return watch_act::Look{};
  }
  if (!is_marking_ && !to_mark_.empty()) {
    is_marking_ = true;
    return watch_act::Mark{to_mark_.extract(to_mark_.begin()).value()};
  }
  if (!is_settling_ && has_unsettled()) {
    is_settling_ = true;
    return watch_act::Settle{};
  }
  if (auto action = turn_page(now)) return *std::move(action);
  auto until = is_looking_ ? base::SteadyTime::max() : look_at_;
  if (!page_ && page_at_ > now) until = std::min(until, page_at_);
  return watch_act::Wait{until};
}

bool WatchMachine::has_unsettled() {
  settling_.clear();
  for (std::size_t n = 0; n < watched_.size(); ++n) {
    const auto& each = watched_[n];
    if (each.replay && !each.replay->to && !each.missing_since) settling_.insert(n);
  }
  return !settling_.empty();
}

void WatchMachine::find_replay() {
  for (std::size_t n = 0; n < watched_.size(); ++n) {
    const auto& each = watched_[n];
    if (!each.replay || !each.replay->to || each.missing_since) continue;
    page_.emplace();
    page_->binding = n;
    page_->number = ++pages_;
    return;
  }
}

std::optional<WatchAction> WatchMachine::turn_page(base::SteadyTime now) {
  if (!page_ && page_at_ <= now) find_replay();
  if (!page_) return std::nullopt;
  const auto& watched = watched_[page_->binding];
  if (page_->state == ReplayPage::State::read) {
    return watch_act::Read{watched.wanted, watched.replay->done, *watched.replay->to,
                           watch_.limits.replay_rows};
  }
  if (page_->state != ReplayPage::State::to_send) return std::nullopt;
  page_->state = ReplayPage::State::under_way;
  page_->waits_for = page_->copies = page_->rows.rows.size();
  return watch_act::Send{page_->number, watched.wanted.queue, std::move(page_->rows.rows)};
}

void WatchMachine::on_looked(boost::system::result<BrokerView, CannotSee> seen, base::WallTime began) {
  is_looking_ = false;
  if (!seen) {
    if (!std::exchange(is_blind_, true)) tell(Notice::What::cannot_see, {}, std::move(seen.error().why));
    return;
  }
  if (std::exchange(is_blind_, false)) tell(Notice::What::can_see_again, {});
  const SeenBindings bindings(*std::move(seen), watch_.retry);
  std::set<message::Queue> gone;
  for (std::size_t n = 0; n < watched_.size(); ++n) {
    auto& watched = watched_[n];
    const auto since = watched.missing_since;
    const auto judgement = judge(watched, bindings, began, watch_.limits);
    if (judgement.is_missing_now) tell(Notice::What::missing, watched);
    if (judgement.is_queue_gone && gone.insert(watched.wanted.queue).second)
      tell(Notice::What::queue_gone, watched);
    if (judgement.is_repaired) {
      tell(Notice::What::repaired, watched);
      notices_.back().since = since;
    }
    if (judgement.needs_mark) to_mark_.insert(watched.wanted.queue);
    if (judgement.must_replay_anew) forget_progress(n);
  }
  is_to_save_ = true;
}

void WatchMachine::forget_progress(std::size_t binding) {
  settling_.erase(binding);
  copies_[binding] = 0;
  if (!page_ || page_->binding != binding) return;
  if (page_->state == ReplayPage::State::under_way) {
    page_->is_void = true;
  } else {
    page_.reset();
  }
}

void WatchMachine::on_marked(const std::optional<CannotSee>& failure) {
  is_marking_ = false;
  if (failure && !std::exchange(is_mark_told_, true)) tell(Notice::What::cannot_mark, {}, failure->why);
}

void WatchMachine::on_settled(base::WallTime at) {
  is_settling_ = false;
  for (const auto n : settling_) watched_[n].replay->to = at;
  is_to_save_ = is_to_save_ || !settling_.empty();
  settling_.clear();
}

void WatchMachine::on_read(SentRows rows) {
  ENSURE(page_ && page_->state == ReplayPage::State::read, "rows of a replay that nobody has asked for");
  page_->rows = std::move(rows);
  if (!page_->rows.rows.empty()) {
    page_->state = ReplayPage::State::to_send;
    return;
  }
  auto& watched = watched_[page_->binding];
  watched.replay->done = page_->rows.up_to;
  if (page_->rows.is_end) {
    notices_.push_back({.what = Notice::What::replayed,
                        .binding = watched.wanted,
                        .rows = std::exchange(copies_[page_->binding], 0),
                        .since = watched.replay->from});
    watched.replay.reset();
    watched.replayed_at = page_->rows.read_at;
  }
  page_->state = ReplayPage::State::done;
}

void WatchMachine::on_outcome(std::uint64_t page, const message::Outcome& outcome, base::SteadyTime now) {
  ENSURE(page_ && page_->number == page && page_->waits_for > 0,
         "an outcome of a copy that was not sent, or a second one");
  page_->has_failed = page_->has_failed || !message::is_confirmed(outcome);
  if (--page_->waits_for > 0) return;
  if (page_->is_void || page_->has_failed) {
    if (page_->has_failed) {
      page_at_ = now + page_wait_;
      page_wait_ = std::min(page_wait_ * 2, watch_.limits.retry_most);
    }
    page_.reset();
    return;
  }
  page_wait_ = watch_.limits.retry_first;
  watched_[page_->binding].replay->done = page_->rows.up_to;
  copies_[page_->binding] += page_->copies;
  page_->state = ReplayPage::State::done;
}

void WatchMachine::on_saved(bool was_progress) {
  if (!was_progress) {
    is_to_save_ = false;
  } else if (page_ && page_->state == ReplayPage::State::done) {
    page_.reset();
  }
}

std::size_t WatchMachine::missing() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(watched_, [](const Watched& each) { return each.missing_since.has_value(); }));
}

std::vector<WatchMachine::Notice> WatchMachine::take_notices() { return std::exchange(notices_, {}); }

void WatchMachine::tell(Notice::What what, const Watched& watched, std::string text) {
  notices_.push_back(
      {.what = what, .binding = watched.wanted, .text = std::move(text), .since = watched.missing_since});
}

}  // namespace waybill::outbox
