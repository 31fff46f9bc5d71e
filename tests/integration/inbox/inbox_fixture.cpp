#include "inbox_fixture.hpp"

#include <array>
#include <atomic>

#include "waybill/amqp/manifest.hpp"
#include "waybill/amqp/queue_subscriber.hpp"
#include "waybill/amqp/topology.hpp"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/inbox/migrations.hpp"
#include "waybill/message/wire_format.hpp"
#include "waybill/outbox/migrations.hpp"
#include "waybill/postgres/migrations.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::inbox::testing {
namespace {

constexpr std::string_view manifest = R"({
  "exchanges": {
    "commands": {"type": "direct"},
    "replies": {"type": "direct"},
    "events.fanout": {"type": "fanout"},
    "retry": {"type": "direct"},
    "dlx": {"type": "direct"}
  },
  "queues": {
    "stock": {"service": "inventory", "bindings": [{"exchange": "commands", "key": "stock"}]},
    "ledger": {
      "service": "inventory",
      "order": "key",
      "bindings": [{"exchange": "commands", "key": "ledger"}]
    },
    "watch": {"service": "inventory", "bindings": [{"exchange": "events.fanout"}]},
    "answers": {"service": "order", "bindings": [{"exchange": "replies", "key": "order"}]}
  }
})";

}  // namespace

InboxFixture::InboxFixture() {
  const std::array modules{outbox::migrations(), inbox::migrations()};
  postgres::migrate_up(database_options(database_.url()), modules, soon());
  database_.sql("CREATE TABLE effect (number bigserial PRIMARY KEY, text text NOT NULL, key text NOT NULL)");
  const auto topology = amqp::read_manifest(manifest, "test").value().topology();
  amqp::set_up_topology(amqp::Options::for_urls({broker_.url()}), {topology, amqp::TopologyMode::declare},
                        soon());
}

postgres::Options InboxFixture::database_options(const std::string& url, std::size_t connections) const {
  postgres::Options options;
  options.url = url;
  options.connections = connections;
  options.application_name = "inbox-test";
  options.allow_unsafe_durability = true;
  return options;
}

std::unique_ptr<amqp::ConfirmingPublisher> InboxFixture::publisher() const {
  amqp::PublisherOptions options;
  options.connection = amqp::Options::for_urls({broker_.url()});
  options.connection.backoff = {10ms, 200ms, 2.0};
  options.connection.max_message_bytes = 32 << 20;
  return std::make_unique<amqp::ConfirmingPublisher>(options);
}

Subscribe InboxFixture::subscribe(const std::string& queue, std::uint16_t prefetch) const {
  return [url = broker_.url(), queue, prefetch] {
    amqp::SubscriberOptions options;
    options.connection = amqp::Options::for_urls({url});
    options.connection.backoff = {10ms, 200ms, 2.0};
    options.queue = message::Queue{queue};
    options.prefetch = prefetch;
    return std::make_unique<amqp::QueueSubscriber>(options);
  };
}

ConsumerOptions InboxFixture::options(const std::string& queue) {
  ConsumerOptions options;
  options.consumer = queue;
  options.queue = message::Queue{queue};
  options.order = queue == "ledger" ? Order::by_key : Order::none;
  options.retries = {.attempts = 3, .initial = 50ms, .maximum = 200ms, .multiplier = 2.0};
  options.version = "1.2.3";
  return options;
}

InboxFixture::Relaying InboxFixture::relay() const {
  outbox::RelayOptions options;
  options.name = database_.name();
  options.database = database_options(database_.url());
  options.stand_by = 50ms;
  options.limits.promote_every = 20ms;
  auto its_publisher = publisher();
  auto relay = std::make_unique<outbox::Relay>(options, *its_publisher);
  return {std::move(its_publisher), std::move(relay)};
}

message::Envelope InboxFixture::command(const std::string& text, const std::string& key) {
  ReleaseStock payload;
  payload.set_order_id(text);
  message::Envelope envelope;
  contract::Codec().encode(payload, envelope).value();
  envelope.id = message::MessageId{base::new_uuid_v7()};
  envelope.source = "order";
  envelope.subject = key;
  envelope.time = base::system_clock().wall();
  envelope.correlation_id = "c-" + text;
  return envelope;
}

void InboxFixture::send(const std::string& queue, const std::vector<message::Envelope>& envelopes) {
  std::vector<message::WireMessage> messages;
  for (const auto& envelope : envelopes) messages.push_back(message::write_envelope(envelope));
  send_raw(queue, std::move(messages));
}

void InboxFixture::send_raw(const std::string& queue, std::vector<message::WireMessage> messages) {
  const auto publisher = this->publisher();
  const auto confirmed = std::make_shared<std::atomic<std::size_t>>(0);
  const message::Address to =
      queue == "watch" ? message::Address{message::Exchange{"events.fanout"}, {}}
                       : message::Address{message::Exchange{"commands"}, message::RoutingKey{queue}};
  const auto count = messages.size();
  for (auto& message : messages) {
    publisher->publish({to, std::move(message)}, soon(), [confirmed](const message::Outcome& outcome) {
      if (message::is_confirmed(outcome)) ++*confirmed;
    });
  }
  EXPECT_TRUE(testkit::eventually([&] { return *confirmed == count; }));
}

void InboxFixture::write_effect(const ReleaseStock& command, Scope& scope) {
  scope.tx().execute("INSERT INTO effect (text, key) VALUES ($1, $2)", command.order_id(),
                     scope.message().subject);
  StockReleased answer;
  answer.set_order_id(command.order_id());
  scope.reply(answer);
}

Handlers InboxFixture::effects() {
  Handlers handlers;
  handlers.on<ReleaseStock>(write_effect);
  return handlers;
}

std::int64_t InboxFixture::count(const std::string& what) const {
  return std::stoll(database_.sql("SELECT count(*) FROM " + what));
}

::testing::AssertionResult InboxFixture::comes_to(const std::string& query,
                                                  const std::string& printed) const {
  std::string last;
  return testkit::eventually([&] { return (last = database_.sql(query)) == printed + "\n"; },
                             [&] { return query + " printed " + last; });
}

::testing::AssertionResult InboxFixture::have_effects(std::int64_t effects) const {
  return comes_to("SELECT count(*), count(DISTINCT text) FROM effect",
                  std::to_string(effects) + "|" + std::to_string(effects));
}

::testing::AssertionResult InboxFixture::is_drained(const std::string& queue) const {
  return testkit::eventually([&] { return broker_.counts(queue).total() == 0; },
                             [&] { return std::to_string(broker_.counts(queue).total()) + " are left"; });
}

std::vector<message::WireMessage> InboxFixture::dead_letters(const std::string& queue,
                                                             std::size_t count) const {
  std::vector<message::WireMessage> letters;
  EXPECT_TRUE(testkit::eventually([&] {
    for (auto& one : broker_.take(queue + ".dlq", count)) letters.push_back(std::move(one));
    return letters.size() >= count;
  })) << "of "
      << count << " dead letters came " << letters.size();
  return letters;
}

std::string InboxFixture::header(const message::WireMessage& message, const std::string& name) {
  const auto* value = message::find_header(message.headers, name);
  return value != nullptr ? message::to_text(*value) : "(none)";
}

}  // namespace waybill::inbox::testing
