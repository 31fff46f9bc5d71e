#include "simulation.hpp"

#include <algorithm>
#include <array>

namespace waybill::outbox::testing {
namespace {

constexpr int steps = 150;
constexpr unsigned keys = 4;
const std::array<std::string, 2> routing_keys{"x", "y"};

RelayLimits limits_for(std::mt19937_64& random) {
  RelayLimits limits;
  limits.window = 1 + random() % 6;
  limits.read_rows = 1 + random() % 8;
  limits.rows = limits.read_rows + random() % 10;
  limits.remove_rows = 1 + random() % 4;
  limits.maintain_every = 1h;
  return limits;
}

}  // namespace

RelaySimulation::RelaySimulation(std::uint64_t seed, Mistake mistake)
    : random_(seed), mistake_(mistake), world_(limits_for(random_)) {
  world_.forgets_low_ids = mistake == Mistake::cursor_alone;
  world_.forgets_holes = mistake == Mistake::cursor_alone || mistake == Mistake::sweep_alone;
  world_.forgets_keys = mistake == Mistake::several_under_way_per_key;
  world_.forgets_blocked = mistake == Mistake::blocked_rows_overtaken;
}

// Whoever writes for a key holds its lock from the first id to the commit, as the guarantee asks for.
void RelaySimulation::begin_transaction() {
  Transaction transaction;
  transaction.key = chance(20) ? "" : "k" + std::to_string(random_() % keys);
  if (!transaction.key.empty() && !locked_.insert(transaction.key).second) return;
  transaction.routing_key = routing_keys.at(random_() % 2);
  for (auto rows = 1 + random_() % 3; rows > 0; --rows) transaction.ids.push_back(++last_id_);
  transaction.number = ++last_number_;
  open_.push_back(std::move(transaction));
  tell_snapshot();
}

void RelaySimulation::tell_snapshot() {
  world_.snapshot = {last_number_ + 1, last_number_ + 1};
  for (const auto& transaction : open_) {
    world_.snapshot.all_ended_below = std::min(world_.snapshot.all_ended_below, transaction.number);
  }
}

void RelaySimulation::end_transaction(bool commits) {
  if (open_.empty()) return;
  const auto at = open_.begin() + static_cast<std::ptrdiff_t>(random_() % open_.size());
  for (const auto id : at->ids) {
    if (!commits) break;
    world_.commit(id, at->key, "e", at->routing_key);
    committed_.insert(id);
    all_.emplace(id, world_.outbox.at(id));
  }
  locked_.erase(at->key);
  open_.erase(at);
  tell_snapshot();
  if (chance(50)) world_.wake();
}

RelaySimulation::Fate RelaySimulation::fate_of(const Row& row) {
  if (closed_.contains(row.publication.to.routing_key.value()))
    return {false, message::Returned{312, "no route"}};
  if (is_well_ || chance(70)) return {true, message::Confirmed{}};
  switch (random_() % 4) {
    case 0:
      return {false, message::Nacked{}};
    case 1:
      return {false, message::Unknown{"it was lost on the way"}};
    case 2:
      return {false, message::Unknown{"there was no connection", false}};
    default:
      return {true, message::Unknown{"its confirm was lost"}};
  }
}

void RelaySimulation::arrive(std::int64_t id) { arrived_.push_back(id); }

void RelaySimulation::answer_one() {
  auto& under_way = world_.under_way;
  if (under_way.empty()) return;
  const auto id = under_way.at(random_() % under_way.size());
  auto fate = fate_of(all_.at(id));
  if (fate.arrives) arrive(id);
  if (mistake_ == Mistake::unknown_taken_for_confirmed &&
      std::holds_alternative<message::Unknown>(fate.told)) {
    fate.told = message::Confirmed{};
  }
  world_.answer(id, fate.told);
}

// What a dead leader has sent may still arrive, much later, or never.
void RelaySimulation::kill_leader() {
  const auto orphans = world_.under_way;
  for (const auto id : orphans) {
    if (chance(50)) on_the_way_.push_back(id);
  }
  world_.lead();
  if (mistake_ != Mistake::outcome_of_another_term) return;
  world_.run();
  for (const auto id : orphans) {
    if (std::ranges::count(world_.under_way, id) > 0) world_.answer(id, message::Confirmed{});
  }
}

void RelaySimulation::carry_out() {
  if (chance(80)) world_.run_after(std::chrono::milliseconds{random_() % 200});
  if (mistake_ == Mistake::delete_before_confirm) {
    for (const auto id : world_.under_way) world_.outbox.erase(id);
  }
}

std::optional<std::string> RelaySimulation::run() {
  for (int step = 0; step < steps; ++step) {
    if (chance(30)) begin_transaction();
    if (chance(30)) end_transaction(chance(85));
    carry_out();
    for (auto answers = random_() % 4; answers > 0; --answers) answer_one();
    if (chance(3)) closed_.insert(routing_keys.at(random_() % 2));
    if (chance(5)) closed_.clear();
    if (chance(3)) kill_leader();
    if (!on_the_way_.empty() && chance(30)) {
      arrive(on_the_way_.front());
      on_the_way_.erase(on_the_way_.begin());
    }
  }
  is_well_ = true;
  closed_.clear();
  while (!open_.empty()) end_transaction(true);
  for (int step = 0; step < 2'000; ++step) {
    world_.run_after(1s);
    while (!world_.under_way.empty()) answer_one();
    if (world_.machine().is_at_rest() && world_.outbox.empty() && world_.blocked.empty()) return verdict();
  }
  return "it does not come to rest: " + std::to_string(world_.outbox.size()) + " rows wait, " +
         std::to_string(world_.blocked.size()) + " are blocked";
}

std::optional<std::string> RelaySimulation::verdict() const {
  for (const auto id : committed_) {
    if (std::ranges::count(arrived_, id) == 0) return "row " + std::to_string(id) + " never arrived";
  }
  return wrong_order();
}

std::optional<std::string> RelaySimulation::wrong_order() const {
  std::map<std::string, std::int64_t> last;
  std::set<std::int64_t> seen;
  for (const auto id : arrived_) {
    const auto& key = all_.at(id).key;
    if (key.empty() || !seen.insert(id).second) continue;
    if (id < last[key]) {
      return "row " + std::to_string(id) + " of key " + key + " arrived after " + std::to_string(last[key]);
    }
    last[key] = id;
  }
  return std::nullopt;
}

}  // namespace waybill::outbox::testing
