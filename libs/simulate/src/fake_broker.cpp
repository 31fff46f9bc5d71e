#include "waybill/simulate/fake_broker.hpp"

#include <algorithm>

#include "broker_state.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::simulate {
namespace {

std::string subject_of(const message::WireMessage& message) {
  const auto* subject = message::find_header(message.headers, "cloudEvents_subject");
  return subject == nullptr ? std::string{} : message::to_text(*subject);
}

bool has_key(const Standing& standing, const std::string& key) { return standing.key == key; }

}  // namespace

FakeBroker::FakeBroker(History& history, BrokerTimes times, KeyOf key_of)
    : state_(std::make_shared<State>(history, times, key_of ? std::move(key_of) : subject_of, faults)) {}

FakeBroker::~FakeBroker() = default;

void FakeBroker::declare_exchange(const message::Exchange& exchange, ExchangeKind kind) {
  state_->exchanges[exchange.value()] = kind;
}

void FakeBroker::delete_exchange(const message::Exchange& exchange) {
  state_->exchanges.erase(exchange.value());
  std::erase_if(state_->bindings,
                [&](const State::Binding& binding) { return binding.exchange == exchange.value(); });
}

void FakeBroker::declare_queue(const message::Queue& queue, QueueOptions options) {
  auto& declared = state_->queues[queue.value()];
  declared.name = queue.value();
  declared.options = std::move(options);
}

void FakeBroker::bind(const message::Queue& queue, const message::Address& to) {
  ENSURE(state_->exchanges.contains(to.exchange.value()), "a binding needs an exchange");
  auto* bound = state_->find(queue.value());
  ENSURE(bound != nullptr, "a binding needs a queue");
  unbind(queue, to);
  state_->bindings.push_back({to.exchange.value(), to.routing_key.value(), bound});
}

void FakeBroker::unbind(const message::Queue& queue, const message::Address& to) {
  std::erase_if(state_->bindings, [&](const State::Binding& binding) {
    return binding.exchange == to.exchange.value() && binding.pattern == to.routing_key.value() &&
           binding.queue->name == queue.value();
  });
}

std::unique_ptr<FakePublisher> FakeBroker::publisher(std::string name) {
  auto connection = std::make_shared<FakePublisher::Connection>();
  connection->broker = state_;
  connection->name = std::move(name);
  return std::make_unique<FakePublisher>(std::move(connection));
}

std::unique_ptr<FakeConsumer> FakeBroker::consumer(std::string name, const message::Queue& queue,
                                                   std::size_t prefetch) {
  auto connection = std::make_shared<FakeConsumer::Connection>();
  connection->broker = state_;
  connection->name = std::move(name);
  connection->queue = state_->find(queue.value());
  ENSURE(connection->queue != nullptr && prefetch > 0, "a consumer needs a queue and room for a message");
  connection->prefetch = prefetch;
  connection->connect();
  return std::make_unique<FakeConsumer>(std::move(connection));
}

std::size_t FakeBroker::depth(const message::Queue& queue) const {
  const auto* found = state_->find(queue.value());
  if (found == nullptr) return 0;
  auto messages = found->ready.size();
  for (const auto* consumer : found->consumers) messages += consumer->ahead.size() + consumer->held.size();
  return messages;
}

std::vector<message::WireMessage> FakeBroker::ready(const message::Queue& queue) const {
  std::vector<message::WireMessage> messages;
  const auto* found = state_->find(queue.value());
  if (found == nullptr) return messages;
  for (const auto& standing : found->ready) messages.push_back(standing.publication->message);
  return messages;
}

FakeQueue* FakeBroker::State::find(const std::string& queue) {
  const auto found = queues.find(queue);
  return found == queues.end() ? nullptr : &found->second;
}

std::vector<FakeQueue*> FakeBroker::State::route(const message::Address& to) {
  std::vector<FakeQueue*> found;
  if (to.exchange.value().empty()) {
    if (auto* queue = find(to.routing_key.value())) found.push_back(queue);
    return found;
  }
  const auto exchange = exchanges.find(to.exchange.value());
  if (exchange == exchanges.end()) return found;
  for (const auto& binding : bindings) {
    if (binding.exchange != exchange->first || std::ranges::count(found, binding.queue) > 0) continue;
    const bool fits =
        exchange->second == ExchangeKind::fanout ||
        (exchange->second == ExchangeKind::direct && binding.pattern == to.routing_key.value()) ||
        (exchange->second == ExchangeKind::topic && matches_topic(binding.pattern, to.routing_key.value()));
    if (fits) found.push_back(binding.queue);
  }
  return found;
}

bool FakeBroker::State::take(const std::shared_ptr<const message::Publication>& publication, int times_over) {
  const auto reached = route(publication->to);
  if (reached.empty()) return false;
  const auto key = key_of(publication->message);
  for (auto* queue : reached) {
    for (int copy = 0; copy < times_over; ++copy) {
      queue->ready.push_back({last_place += 1, publication, key, false});
    }
    dispatch(*queue);
  }
  return true;
}

void FakeBroker::State::give_back(FakeQueue& queue, Standing standing) {
  standing.is_redelivered = true;
  auto at =
      std::ranges::find_if(queue.ready, [&](const Standing& other) { return other.place > standing.place; });
  if (history.dice.strikes(faults.reorders)) {
    auto end = at;
    while (end != queue.ready.end() && (standing.key.empty() || !has_key(*end, standing.key))) ++end;
    const auto most = static_cast<std::uint64_t>(end - at);
    at += static_cast<std::ptrdiff_t>(history.dice.below(most + 1));
    if (at != queue.ready.begin()) {
      const auto before = std::max(standing.place, std::prev(at)->place);
      const auto behind = at == queue.ready.end() ? last_place + 1 : at->place;
      standing.place = (before + behind) / 2;
    }
  }
  queue.ready.insert(at, std::move(standing));
}

void FakeBroker::State::dead_letter(const FakeQueue& queue, const Standing& standing) {
  if (!queue.options.dead_letters) return;
  auto letter = std::make_shared<message::Publication>(*standing.publication);
  letter->to = *queue.options.dead_letters;
  letter->message.headers.emplace_back("x-first-death-queue", queue.name);
  take(letter, 1);
}

void FakeBroker::State::dispatch(FakeQueue& queue) {
  while (!queue.ready.empty()) {
    auto consumer = queue.consumers.begin();
    if (queue.options.single_active) {
      if (consumer == queue.consumers.end() || !(*consumer)->has_room()) return;
    } else {
      consumer = std::ranges::find_if(queue.consumers, [](const auto* each) { return each->has_room(); });
      if (consumer == queue.consumers.end()) return;
    }
    auto* takes = *consumer;
    // They take turns.
    if (!queue.options.single_active) std::rotate(consumer, consumer + 1, queue.consumers.end());
    auto standing = std::move(queue.ready.front());
    queue.ready.pop_front();
    takes->add(std::move(standing));
  }
}

std::chrono::milliseconds FakeBroker::State::one_way() {
  return std::chrono::milliseconds{history.dice.between(times.shortest.count(), times.longest.count())};
}

bool matches_topic(std::string_view pattern, std::string_view routing_key) {
  const auto word_of = [](std::string_view text) { return text.substr(0, text.find('.')); };
  const auto rest_of = [](std::string_view text, std::string_view word) {
    return word.size() < text.size() ? std::optional(text.substr(word.size() + 1)) : std::nullopt;
  };
  const std::function<bool(std::optional<std::string_view>, std::optional<std::string_view>)> matches =
      [&](std::optional<std::string_view> wanted, std::optional<std::string_view> given) {
        if (!wanted) return !given;
        const auto word = word_of(*wanted);
        const auto further = rest_of(*wanted, word);
        if (word == "#") {
          return matches(further, given) || (given && matches(wanted, rest_of(*given, word_of(*given))));
        }
        if (!given) return false;
        const auto first = word_of(*given);
        return (word == "*" || word == first) && matches(further, rest_of(*given, first));
      };
  return matches(pattern, routing_key);
}

}  // namespace waybill::simulate
