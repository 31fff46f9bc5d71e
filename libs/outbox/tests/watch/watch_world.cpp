#include "watch_world.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace waybill::outbox::testing {

namespace {

const message::Exchange events{"events"};
const message::Exchange retry{"retry"};
const message::Queue queue_name{"q"};

}  // namespace

WatchLimits WatchWorld::usual() {
  WatchLimits limits;
  limits.look_every = 5s;
  limits.margin = 10s;
  limits.queue_keeps = 1h;
  limits.replay_rows = 3;
  return limits;
}

WatchWorld::WatchWorld(WatchLimits limits) {
  watch_.wanted = {{.exchange = events, .queue = queue_name}};
  watch_.limits = limits;
  lead();
}

void WatchWorld::lead() {
  is_settling_ = false;
  answers_.clear();
  if (forgets_what_was_wanted) {
    std::erase_if(saved, [](const Watched& each) { return !each.last_good_at && !each.replay; });
  }
  for (const auto& wanted : watch_.wanted) {
    const auto is_known = [&](const Watched& each) { return each.wanted == wanted; };
    if (std::ranges::none_of(saved, is_known))
      saved.push_back({.wanted = wanted, .wanted_since = database_now});
  }
  machine_.emplace(watch_, saved, now);
  for (const auto id : std::set(in_hand)) route(id);
}

bool WatchWorld::step() {
  auto action = machine_->next(now);
  if (std::holds_alternative<watch_act::Wait>(action)) return false;
  std::visit([this](auto& what) { perform(what); }, action);
  for (auto& notice : machine_->take_notices()) told_.push_back(std::move(notice));
  return true;
}

void WatchWorld::run() {
  do {
    while (step()) {
    }
    answer_copies();
  } while (step());
}

void WatchWorld::run_after(std::chrono::milliseconds duration) {
  now += duration;
  database_now += duration;
  run();
}

void WatchWorld::perform(const watch_act::Look&) {
  if (blind) return machine_->on_looked(CannotSee{*blind}, database_now);
  BrokerView view;
  if (has_queue) {
    const bool looks_empty = queue.empty() || database_now - last_empty_ < counts_lag;
    const std::size_t count = looks_empty ? 0 : queue.size();
    view.queues.push_back({queue_name, counts_messages ? std::optional(count) : std::nullopt});
    for (const auto& mark : marks) view.bindings.push_back({retry, queue_name, message::RoutingKey{mark}});
    if (is_bound) view.bindings.push_back({events, queue_name, {}});
  }
  machine_->on_looked(std::move(view), database_now);
}

void WatchWorld::perform(const watch_act::Mark&) {
  if (no_marks) return machine_->on_marked(CannotSee{*no_marks});
  if (has_queue) marks.push_back("waybill.mark." + std::to_string(++marks_made_));
  machine_->on_marked(std::nullopt);
}

void WatchWorld::perform(const watch_act::Save& save) {
  for (const auto& watched : save.watched) {
    if (forgets_looks && !save.is_progress) break;
    std::erase_if(saved, [&](const Watched& each) { return each.wanted == watched.wanted; });
    saved.push_back(watched);
  }
  machine_->on_saved(save.is_progress);
}

void WatchWorld::perform(const watch_act::Settle&) {
  is_settling_ = true;
  if (!settles_too_early) awaited_ = in_hand;
  settle_if_all_ended();
}

void WatchWorld::settle_if_all_ended() {
  if (!is_settling_ || !awaited_.empty()) return;
  is_settling_ = false;
  machine_->on_settled(database_now);
}

void WatchWorld::perform(const watch_act::Read& read) {
  std::ranges::sort(sent_, {}, [](const Sent& each) { return std::pair(each.at, each.id); });
  SentRows page;
  page.read_at = database_now;
  page.is_end = true;
  page.up_to = {read.up_to, std::numeric_limits<std::int64_t>::max()};
  std::size_t seen = 0;
  for (const auto& each : sent_) {
    if (std::pair(each.at, each.id) <= std::pair(read.after.sent_at, read.after.id) || each.at > read.up_to) {
      continue;
    }
    if (each.exchange == read.wanted.exchange.value()) page.rows.emplace_back().id = each.id;
    if (++seen < read.rows) continue;
    page.up_to = {each.at, each.id};
    page.is_end = false;
    break;
  }
  machine_->on_read(std::move(page));
}

void WatchWorld::perform(watch_act::Send& send) {
  pages.push_back(send.rows.size());
  for (const auto& row : send.rows) {
    const auto outcome = has_queue ? answers() : message::Outcome{message::Returned{312, "NO_ROUTE"}};
    if (message::is_confirmed(outcome)) {
      copies.push_back(row.id);
      if (queue.empty()) last_empty_ = database_now;
      if (!loses_copies) queue.insert(row.id);
    }
    answers_.emplace_back(send.page, outcome);
  }
}

void WatchWorld::answer_copies() {
  for (const auto& [page, outcome] : std::exchange(answers_, {})) machine_->on_outcome(page, outcome, now);
}

void WatchWorld::unbind() { is_bound = false; }
void WatchWorld::bind() { is_bound = true; }
void WatchWorld::delete_queue() {
  has_queue = is_bound = false;
  queue.clear();
  if (!keeps_marks) marks.clear();
}
void WatchWorld::declare_queue() { has_queue = is_bound = true; }

std::int64_t WatchWorld::route(std::int64_t id) {
  if (is_bound && queue.empty()) last_empty_ = database_now;
  if (is_bound) queue.insert(id);
  in_hand.insert(id);
  return id;
}
void WatchWorld::move(std::int64_t id, const std::string& exchange) {
  sent_.push_back({id, exchange, database_now});
  in_hand.erase(id);
  awaited_.erase(id);
  settle_if_all_ended();
}
void WatchWorld::handle() {
  handled.insert(queue.begin(), queue.end());
  queue.clear();
}

std::size_t WatchWorld::times_told(WatchMachine::Notice::What what) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(told_, [&](const WatchMachine::Notice& each) { return each.what == what; }));
}

}  // namespace waybill::outbox::testing
