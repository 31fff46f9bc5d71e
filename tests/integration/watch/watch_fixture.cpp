#include "watch_fixture.hpp"

#include <array>

#include "waybill/base/uuid_v7.hpp"
#include "waybill/outbox/migrations.hpp"
#include "waybill/postgres/migrations.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::service::testing {

using outbox::ExchangeType;

namespace {

amqp::SubscriberOptions subscriber_options(const std::string& url, const std::string& queue) {
  amqp::SubscriberOptions options;
  options.connection.endpoints = {*amqp::parse_url(url)};
  options.connection.backoff = {10ms, 200ms, 2.0};
  options.queue = message::Queue{queue};
  return options;
}

}  // namespace

Consumer::Consumer(const servers::TestVirtualHost& broker, const std::string& queue)
    : subscriber_(subscriber_options(broker.url(), queue)), thread_("consumer", [this] {
        for (;;) {
          const auto deliveries = subscriber_.receive(256, base::Deadline::never());
          if (deliveries.empty()) return;
          std::vector<message::DeliveryTag> tags;
          {
            const std::lock_guard lock(mutex_);
            for (const auto& delivery : deliveries) {
              payloads_.insert(delivery.message.body);
              tags.push_back(delivery.tag);
            }
          }
          subscriber_.settle(tags, message::Settlement::ack);
        }
      }) {}

Consumer::~Consumer() {
  subscriber_.close();
  thread_.join();
}

std::size_t Consumer::distinct() const {
  const std::lock_guard lock(mutex_);
  return payloads_.size();
}

::testing::AssertionResult Consumer::comes_to_have(int payloads) const {
  return testkit::eventually([&] { return distinct() == static_cast<std::size_t>(payloads); },
                             [&] { return "it has " + std::to_string(distinct()); });
}

WatchFixture::WatchFixture() {
  const std::array modules{outbox::migrations()};
  postgres::migrate_up(database_options(), modules, soon());
  broker_.declare_exchange("events", "fanout");
  broker_.declare_exchange("news", "topic");
  broker_.declare_exchange("retry", "direct");
  for (const std::string queue : {"one", "two", "three", "rain"}) declare(queue);
  for (const std::string queue : {"one", "two", "three"}) bind_to_events(queue);
  broker_.bind({"news", "rain", "weather.#"});
  source_ = std::make_unique<ManagementBindings>(
      loop_,
      ManagementOptions{.url = servers::shared_broker().management_url, .virtual_host = broker_.name()});
  thread_ = runtime::Thread("loop", [this] { loop_.run(); });
}

WatchFixture::~WatchFixture() {
  loop_.stop();
  thread_.join();
}

postgres::Options WatchFixture::database_options() const {
  postgres::Options options;
  options.url = database_.url();
  options.application_name = "watch-test";
  options.allow_unsafe_durability = true;
  return options;
}

std::unique_ptr<amqp::ConfirmingPublisher> WatchFixture::publisher() const {
  amqp::PublisherOptions options;
  options.connection.endpoints = {*amqp::parse_url(broker_.url())};
  options.connection.backoff = {10ms, 200ms, 2.0};
  return std::make_unique<amqp::ConfirmingPublisher>(options);
}

outbox::RelayOptions WatchFixture::relay_options() {
  outbox::RelayOptions options;
  options.name = database_.name();
  options.database = database_options();
  options.stand_by = 50ms;
  options.limits.blocked_first = 50ms;
  options.limits.blocked_most = 200ms;
  options.watch.source = source_.get();
  for (const std::string queue : {"one", "two", "three"}) {
    options.watch.wanted.push_back({.exchange = message::Exchange{"events"}, .queue = message::Queue{queue}});
  }
  options.watch.wanted.push_back({.exchange = message::Exchange{"news"},
                                  .type = ExchangeType::topic,
                                  .queue = message::Queue{"rain"},
                                  .routing_key = message::RoutingKey{"weather.#"}});
  options.watch.limits.look_every = 200ms;
  options.watch.limits.margin = 2s;
  return options;
}

void WatchFixture::declare(const std::string& queue) const {
  broker_.declare_queue(queue);
  broker_.bind({"retry", queue, queue});
}

outbox::Message WatchFixture::event(const std::string& exchange, const std::string& key,
                                    const std::string& payload) {
  outbox::Message message;
  message.kind = outbox::Kind::event;
  message.to = {message::Exchange{exchange}, message::RoutingKey{key}};
  message.envelope.id = message::MessageId{base::new_uuid_v7()};
  message.envelope.type = "test.v1.Happened";
  message.envelope.source = "watch-test";
  message.envelope.subject = key;
  message.envelope.time = base::system_clock().wall();
  message.envelope.content_type = "text/plain";
  message.envelope.payload = payload;
  return message;
}

void WatchFixture::commit(const std::vector<outbox::Message>& messages) {
  pool_.transact([&](postgres::Tx& tx) { outbox::add(tx, messages); }, soon());
}

int WatchFixture::commit_while(const std::function<bool()>& goes_on, int first) {
  constexpr int most_waiting = 2'000;
  while (goes_on()) {
    // What commits faster than the relay sends would end with minutes of arrears.
    if (first % most_waiting == 0) {
      EXPECT_TRUE(testkit::eventually([&] { return count("outbox") < most_waiting || !goes_on(); }));
    }
    std::vector<outbox::Message> batch;
    for (int n = 0; n < 10; ++n, ++first) {
      batch.push_back(event("events", "key " + std::to_string(first % 20), std::to_string(first)));
    }
    commit(batch);
  }
  return first;
}

void WatchFixture::take_until(const std::string& queue, std::multiset<std::string>& taken,
                              const std::function<bool()>& done) const {
  EXPECT_TRUE(testkit::eventually([&] {
    for (auto& message : broker_.take(queue, 1'000)) taken.insert(std::move(message.body));
    return done();
  })) << queue
      << " came to hold " << taken.size();
}

std::string WatchFixture::watched(const std::string& column, const std::string& queue) const {
  auto text = database_.sql("SELECT " + column + " FROM waybill.binding_watch WHERE queue = '" + queue + "'");
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

::testing::AssertionResult WatchFixture::comes_to_say(const std::string& condition,
                                                      const std::string& queue) const {
  return testkit::eventually([&] { return watched(condition, queue) == "t"; },
                             [&] { return database_.sql("SELECT * FROM waybill.binding_watch"); });
}

::testing::AssertionResult WatchFixture::comes_to_know_all() const {
  for (const std::string queue : {"one", "two", "three", "rain"}) {
    auto known = comes_to_say("mark <> '' AND last_empty_at IS NOT NULL", queue);
    if (!known) return known;
  }
  return ::testing::AssertionSuccess();
}

std::int64_t WatchFixture::count(const std::string& table) const {
  return std::stoll(database_.sql("SELECT count(*) FROM waybill." + table));
}

}  // namespace waybill::service::testing
