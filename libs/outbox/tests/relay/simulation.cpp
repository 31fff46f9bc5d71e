#include "simulation.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace waybill::outbox::testing {
namespace {

constexpr unsigned keys = 4;
const std::array<std::string, 2> routing_keys{"x", "y"};
const message::Exchange exchange{"e"};
const message::Queue queue{"q"};

RelayLimits limits_for(simulate::Dice& dice) {
  RelayLimits limits;
  limits.window = 1 + dice.below(6);
  limits.read_rows = 1 + dice.below(8);
  limits.rows = limits.read_rows + dice.below(10);
  limits.remove_rows = 1 + dice.below(4);
  limits.maintain_every = 1h;
  return limits;
}

}  // namespace

RelaySimulation::RelaySimulation(simulate::History& history, Mistake mistake)
    : history_(history),
      dice_(history.dice),
      mistake_(mistake),
      store_(history, "the database"),
      broker_(history, {.longest = 80ms}),
      world_(limits_for(dice_)) {
  world_.forgets_low_ids = mistake == Mistake::cursor_alone;
  world_.forgets_holes = mistake == Mistake::cursor_alone || mistake == Mistake::sweep_alone;
  world_.forgets_keys = mistake == Mistake::several_under_way_per_key;
  world_.forgets_blocked = mistake == Mistake::blocked_rows_overtaken;
  world_.sends = [this](const Row& row) { send(row); };
  broker_.declare_exchange(exchange, simulate::ExchangeKind::direct);
  broker_.declare_queue(queue);
  broker_.faults = {.never_sends = 7, .loses_publishes = 7, .loses_confirms = 7, .nacks = 7, .delays = 3};
  open_ways();
  connect();
}

void RelaySimulation::connect() { publisher_ = broker_.publisher("the relay"); }

// Whoever writes for a key holds its lock from the first id to the commit, as the guarantee asks for.
void RelaySimulation::begin_transaction() {
  Writer writer{store_.begin(), {}, {}};
  if (!dice_.chance(20)) writer.key = "k" + std::to_string(dice_.below(keys));
  if (!writer.key.empty() && !writer.transaction.try_lock(writer.key)) return;
  ++begun_;
  const auto& routing_key = dice_.pick(routing_keys);
  for (auto rows = 1 + dice_.below(3); rows > 0; --rows) {
    const auto id = store_.next_id();
    writer.ids.push_back(id);
    writer.transaction.then([this, id, key = writer.key, routing_key] {
      world_.commit(id, key, exchange.value(), routing_key);
      committed_.emplace(id, key);
    });
  }
  history_.story.tell("a writer takes row ", writer.ids.front(), " to ", writer.ids.back(), " of key ",
                      writer.key, ", to ", routing_key);
  open_.push_back(std::move(writer));
  tell_snapshot();
}

void RelaySimulation::tell_snapshot() { world_.snapshot = {store_.all_ended_below(), store_.none_from()}; }

void RelaySimulation::end_transaction(bool commits) {
  if (open_.empty()) return;
  std::swap(dice_.pick(open_), open_.back());
  auto writer = std::move(open_.back());
  open_.pop_back();
  history_.story.tell(commits ? "committed: row " : "rolled back: row ", writer.ids.front(), " to ",
                      writer.ids.back());
  if (commits) {
    writer.transaction.commit();
  } else {
    writer.transaction.roll_back();
  }
  tell_snapshot();
  if (dice_.chance(50)) world_.wake();
}

void RelaySimulation::send(const Row& row) {
  history_.story.tell("the relay sends row ", row.id);
  auto publication = row.publication;
  publication.message.message_id = std::to_string(row.id);
  publisher_->publish(std::move(publication), [this, id = row.id](const message::Outcome& outcome) {
    world_.now = history_.time.now();
    const bool is_believed =
        mistake_ == Mistake::unknown_taken_for_confirmed && std::holds_alternative<message::Unknown>(outcome);
    world_.answer(id, is_believed ? message::Outcome{message::Confirmed{}} : outcome);
  });
}

// What a dead leader has sent may still arrive, much later, or never.
void RelaySimulation::kill_leader() {
  history_.story.tell("the leader dies, with ", world_.under_way.size(), " rows under way");
  const auto orphans = world_.under_way;
  connect();
  world_.now = history_.time.now();
  world_.lead();
  if (mistake_ != Mistake::outcome_of_another_term) return;
  world_.run();
  connect();
  for (const auto id : std::vector(world_.under_way)) {
    const bool was_told = std::ranges::count(orphans, id) > 0;
    world_.answer(id, was_told ? message::Outcome{message::Confirmed{}} : message::Unknown{"another way"});
  }
}

void RelaySimulation::run_relay() {
  world_.now = history_.time.now();
  world_.run();
  if (mistake_ == Mistake::delete_before_confirm) {
    for (const auto id : world_.under_way) world_.outbox.erase(id);
  }
}

void RelaySimulation::open_ways() {
  for (const auto& key : routing_keys) broker_.bind(queue, {exchange, message::RoutingKey{key}});
}

void RelaySimulation::close_a_way() {
  const auto& key = dice_.pick(routing_keys);
  history_.story.tell("the way by ", key, " is closed");
  broker_.unbind(queue, {exchange, message::RoutingKey{key}});
}

void RelaySimulation::step() {
  if (begun_ < history_.size.messages && dice_.chance(30)) begin_transaction();
  if (dice_.chance(30)) end_transaction(dice_.chance(85));
  if (dice_.chance(80)) {
    history_.time.pass(std::chrono::milliseconds{dice_.below(200)});
    run_relay();
  }
  if (dice_.strikes(3)) close_a_way();
  if (dice_.chance(5)) open_ways();
  if (dice_.strikes(3)) kill_leader();
}

simulate::Verdict RelaySimulation::run() {
  const auto steps = 3 + history_.size.messages * 10 / 3;
  for (int n = 0; n < steps; ++n) step();
  dice_.calm();
  open_ways();
  while (!open_.empty()) end_transaction(true);
  for (int n = 0; n < 2'000; ++n) {
    history_.time.pass(1s);
    run_relay();
    if (world_.machine().is_at_rest() && world_.outbox.empty() && world_.blocked.empty()) return verdict();
  }
  return "it does not come to rest: " + std::to_string(world_.outbox.size()) + " rows wait, " +
         std::to_string(world_.blocked.size()) + " are blocked";
}

simulate::Verdict RelaySimulation::verdict() const {
  std::vector<std::int64_t> arrived;
  for (const auto& wire : broker_.ready(queue)) arrived.push_back(std::stoll(wire.message_id));
  auto there = arrived;
  std::ranges::sort(there);
  for (const auto& [id, key] : committed_) {
    if (!std::ranges::binary_search(there, id)) return "row " + std::to_string(id) + " never arrived";
  }
  return arrived.empty() ? std::nullopt : wrong_order(arrived);
}

simulate::Verdict RelaySimulation::wrong_order(const std::vector<std::int64_t>& arrived) const {
  std::map<std::string_view, std::int64_t> last;
  std::vector<bool> seen(static_cast<std::size_t>(committed_.rbegin()->first) + 1);
  for (const auto id : arrived) {
    const auto& key = committed_.at(id);
    if (key.empty() || seen[static_cast<std::size_t>(id)]) continue;
    seen[static_cast<std::size_t>(id)] = true;
    if (id < last[key]) {
      return "row " + std::to_string(id) + " of key " + key + " arrived after " + std::to_string(last[key]);
    }
    last[key] = id;
  }
  return std::nullopt;
}

}  // namespace waybill::outbox::testing
