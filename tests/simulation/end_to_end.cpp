#include "end_to_end.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace waybill::simulation {

using namespace std::chrono_literals;

namespace {

constexpr std::int64_t first_reply = 1'000'000;
constexpr auto longest = 15s;
const message::Exchange commands{"commands"};
const message::Exchange replies{"replies"};
const message::Queue work{"work"};
const message::Queue answers{"answers"};

/// What waits for another queue, so that dead letters can be counted.
message::Queue dead_letters_of(const message::Queue& queue) { return message::Queue{queue.value() + ".dlq"}; }

message::Publication publication(const message::Exchange& exchange, std::int64_t number,
                                 const std::string& key) {
  message::Publication made{{exchange, message::RoutingKey{"all"}}, {}};
  made.message.message_id = std::to_string(number);
  made.message.correlation_id = key;
  made.message.headers.emplace_back("attempt", std::int64_t{1});
  return made;
}

}  // namespace

EndToEnd::EndToEnd(simulate::History& history, Mistake mistake)
    : history_(history),
      dice_(history.dice),
      mistake_(mistake),
      is_ordered_(history.dice.chance(50)),
      broker_(history, {.longest_delay = 300ms, .longest_reconnect = 30ms},
              [](const message::WireMessage& message) { return message.correlation_id; }),
      asking_(history, "the asking database"),
      doing_(history, "the doing database") {
  declare();
  start();
}

void EndToEnd::declare() {
  broker_.declare_exchange(commands, simulate::ExchangeKind::direct);
  broker_.declare_exchange(replies, simulate::ExchangeKind::direct);
  const bool is_single = is_ordered_ && mistake_ != Mistake::lets_consumers_compete_for_an_ordered_queue;
  broker_.declare_queue(work, {.single_active = is_single});
  broker_.declare_queue(answers);
  broker_.declare_queue(dead_letters_of(work));
  broker_.declare_queue(dead_letters_of(answers));
  broker_.bind(work, {commands, message::RoutingKey{"all"}});
  broker_.bind(answers, {replies, message::RoutingKey{"all"}});
  broker_.faults = {.never_sends = 2,
                    .loses_publishes = 3,
                    .loses_confirms = 4,
                    .nacks = 2,
                    .doubles = 2,
                    .delays = 4,
                    .cuts = 1,
                    .reorders = 10};
  for (auto* database : {&asking_, &doing_}) {
    database->store.faults = {.goes_away = 1,
                              .rolls_back = 2,
                              .leaves_in_doubt = 5,
                              .ends_sessions = 1,
                              .keeps_locks = 30,
                              .longest_kept = 200ms};
  }
}

void EndToEnd::start() {
  for (auto* database : {&asking_, &doing_}) {
    const std::string service = database == &asking_ ? "asking" : "doing";
    for (int i = 1; i <= 2; ++i) {
      relays_.push_back(std::make_unique<RelayProcess>(history_, broker_, *database,
                                                       service + " relay " + std::to_string(i), mistake_));
    }
    database->wake = [first = relays_[relays_.size() - 2].get(), second = relays_.back().get()] {
      first->wake();
      second->wake();
    };
  }
  const auto reply = [this](const message::WireMessage& message) { return reply_to(message); };
  for (int i = 1; i <= 2; ++i) {
    consumers_.push_back(std::make_unique<ConsumerProcess>(
        history_, broker_, doing_, natures_, work, "doing consumer " + std::to_string(i), mistake_, reply));
  }
  consumers_.push_back(std::make_unique<ConsumerProcess>(history_, broker_, asking_, natures_, answers,
                                                         "asking consumer", mistake_, reply));
}

std::optional<message::Publication> EndToEnd::reply_to(const message::WireMessage& message) {
  const auto number = std::stoll(message.message_id);
  if (number >= first_reply) return std::nullopt;
  return publication(replies, first_reply + number, message.correlation_id);
}

/// A producer's transaction. It holds the lock of its key from the id to the commit, as the guarantee asks.
void EndToEnd::accept_one() {
  const auto key = "k" + std::to_string(dice_.below(3));
  auto transaction = std::make_shared<simulate::FakeTransaction>(asking_.store.begin());
  if (mistake_ != Mistake::writes_without_a_lock && !transaction->try_lock(key)) {
    history_.time.after(5ms, [this] { accept_one(); });
    return;
  }
  const auto id = asking_.store.next_id();
  auto& nature = natures_[id];
  // Where one fails, the later ones of its key are parked, which is for tests with tables of their own.
  if (!is_ordered_ && dice_.chance(25)) nature.throws = 1 + static_cast<std::uint32_t>(dice_.below(3));
  nature.kills = dice_.chance(5);
  history_.story.tell("a producer takes row ", id, " for an order of key ", key,
                      nature.kills ? ", which kills" : "", nature.throws > 0 ? ", which fails" : "");
  transaction->then([this, id, key] {
    asking_.accepted.insert(id, key);
    asking_.add(id, publication(commands, id, key));
  });
  const auto takes = dice_.strikes(20) ? dice_.between(50, 400) : dice_.between(1, 20);
  history_.time.after(std::chrono::milliseconds{takes}, [this, transaction, id] {
    --open_orders_;
    if (dice_.chance(10)) return transaction->roll_back();
    transaction->commit();
    if (asking_.accepted.contains(id)) history_.story.tell("order ", id, " is accepted");
    if (dice_.chance(50)) asking_.wake();
  });
}

void EndToEnd::close_a_way() {
  const bool is_work = dice_.chance(50);
  const auto queue = is_work ? work : answers;
  const message::Address way{is_work ? commands : replies, message::RoutingKey{"all"}};
  history_.story.tell("the binding of ", queue.value(), " is lost");
  broker_.unbind(queue, way);
  history_.time.after(std::chrono::milliseconds{dice_.between(10, 500)}, [this, queue, way] {
    history_.story.tell("the binding of ", queue.value(), " is back");
    broker_.bind(queue, way);
  });
}

simulate::Verdict EndToEnd::run() {
  open_orders_ = history_.size.messages;
  for (int order = 0; order < history_.size.messages; ++order) {
    history_.time.after(std::chrono::milliseconds{dice_.below(300)}, [this] { accept_one(); });
  }
  if (dice_.strikes(30))
    history_.time.after(std::chrono::milliseconds{dice_.below(300)}, [this] { close_a_way(); });
  while (history_.time.elapsed() < longest) {
    history_.time.pass(20ms);
    if (!is_at_rest()) continue;
    // What is still on its way, of processes that are dead, may arrive now, and changes nothing.
    dice_.calm();
    history_.time.pass(700ms);
    if (is_at_rest()) return verdict();
  }
  return "it does not come to rest";
}

bool EndToEnd::is_at_rest() const {
  if (open_orders_ > 0 || broker_.depth(work) > 0 || broker_.depth(answers) > 0) return false;
  return std::ranges::all_of(std::array{&asking_, &doing_}, [](const Database* database) {
    return database->outbox.rows().empty() && database->blocked.rows().empty() &&
           database->scheduled.rows().empty();
  });
}

simulate::Verdict EndToEnd::verdict() const {
  std::vector<std::int64_t> orders;
  for (const auto& [id, key] : asking_.accepted.rows()) orders.push_back(id);
  if (auto wrong = of_messages(doing_, orders, dead_letters_of(work).value())) return wrong;
  std::vector<std::int64_t> expected;
  for (const auto& [at, effect] : doing_.effects.rows()) expected.push_back(first_reply + effect.message);
  std::ranges::sort(expected);
  if (auto wrong = of_messages(asking_, expected, dead_letters_of(answers).value())) return wrong;
  return of_order();
}

/// Each of these, and nothing else, has one effect or one dead letter, which stands in its queue.
simulate::Verdict EndToEnd::of_messages(const Database& database, const std::vector<std::int64_t>& expected,
                                        const std::string& dead_letters) const {
  std::map<std::int64_t, int> effects;
  for (const auto& [at, effect] : database.effects.rows()) ++effects[effect.message];
  std::vector<std::int64_t> letters;
  for (const auto& letter : broker_.ready(message::Queue{dead_letters})) {
    letters.push_back(std::stoll(letter.message_id));
  }
  for (const auto number : expected) {
    const auto* written = database.dead_letters.find(number);
    const int decided = written == nullptr ? 0 : *written;
    const int made = effects.contains(number) ? effects.extract(number).mapped() : 0;
    const auto told = "message " + std::to_string(number) + " has " + std::to_string(made) + " effects and " +
                      std::to_string(decided) + " dead letters";
    if (made + decided != 1) return told;
    const auto found = natures_.find(number);
    const auto nature = found == natures_.end() ? Nature{} : found->second;
    const bool may_die = nature.kills || nature.throws >= ConsumerProcess::attempts || nature.suspected > 0;
    if (decided == 1 && !may_die) return told + ", and nothing was wrong with it";
    if (decided == 1 && std::ranges::count(letters, number) == 0) return told + ", which has not arrived";
  }
  if (!effects.empty()) {
    return "message " + std::to_string(effects.begin()->first) + " has an effect, and was never accepted";
  }
  return std::nullopt;
}

/// Ids of a key rise in the order in which its orders were accepted.
simulate::Verdict EndToEnd::of_order() const {
  if (!is_ordered_) return std::nullopt;
  std::map<std::string, std::int64_t> last;
  for (const auto& [at, effect] : doing_.effects.rows()) {
    auto& before = last[effect.key];
    if (effect.message < before) {
      return "order " + std::to_string(effect.message) + " of key " + effect.key + " had its effect after " +
             std::to_string(before);
    }
    before = effect.message;
  }
  return std::nullopt;
}

}  // namespace waybill::simulation
