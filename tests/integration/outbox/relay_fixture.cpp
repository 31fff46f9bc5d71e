#include "relay_fixture.hpp"

#include <array>

#include "waybill/base/uuid_v7.hpp"
#include "waybill/outbox/migrations.hpp"
#include "waybill/postgres/migrations.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::outbox::testing {

RelayFixture::RelayFixture(const servers::BrokerAddress& broker) : broker_(broker) {
  const std::array modules{migrations()};
  postgres::migrate_up(database_options(), modules, soon());
  broker_.declare_exchange("events", "fanout");
  broker_.declare_exchange("commands", "direct");
  broker_.declare_queue("all");
  broker_.declare_queue("stock");
  broker_.bind({"events", "all", ""});
  broker_.bind({"commands", "stock", "stock"});
}

postgres::Options RelayFixture::database_options(std::size_t connections) const {
  postgres::Options options;
  options.url = database_.url();
  options.connections = connections;
  options.application_name = "outbox-test";
  options.allow_unsafe_durability = true;
  return options;
}

std::unique_ptr<amqp::ConfirmingPublisher> RelayFixture::publisher(const amqp::Endpoint& endpoint) {
  amqp::PublisherOptions options;
  options.connection.endpoints = {endpoint};
  options.connection.backoff = {10ms, 200ms, 2.0};
  return std::make_unique<amqp::ConfirmingPublisher>(options);
}

RelayOptions RelayFixture::relay_options() const {
  RelayOptions options;
  options.name = database_.name();
  options.database = database_options();
  options.stand_by = 50ms;
  options.limits.blocked_first = 50ms;
  options.limits.blocked_most = 200ms;
  return options;
}

Message RelayFixture::event(const std::string& key, const std::string& payload) {
  Message message;
  message.kind = Kind::event;
  message.to = {message::Exchange{"events"}, message::RoutingKey{key}};
  message.envelope.id = message::MessageId{base::new_uuid_v7()};
  message.envelope.type = "test.v1.Happened";
  message.envelope.source = "outbox-test";
  message.envelope.subject = key;
  message.envelope.time = base::system_clock().wall();
  message.envelope.content_type = "text/plain";
  message.envelope.payload = payload;
  return message;
}

Message RelayFixture::command(const std::string& key, const std::string& payload) {
  auto message = event(key, payload);
  message.kind = Kind::command;
  message.to = {message::Exchange{"commands"}, message::RoutingKey{"stock"}};
  message.envelope.type = "test.v1.Do";
  return message;
}

void RelayFixture::commit(const std::vector<Message>& messages) {
  pool_.transact([&](postgres::Tx& tx) { add(tx, messages); }, soon());
}

std::vector<std::string> RelayFixture::arrived(const std::string& queue, std::size_t count) const {
  std::vector<std::string> payloads;
  EXPECT_TRUE(testkit::eventually([&] {
    for (auto& message : broker_.take(queue, count)) payloads.push_back(std::move(message.body));
    return payloads.size() >= count;
  })) << "of "
      << count << " messages came " << payloads.size();
  return payloads;
}

std::int64_t RelayFixture::count(const std::string& table) const {
  return std::stoll(database_.sql("SELECT count(*) FROM waybill." + table));
}

::testing::AssertionResult RelayFixture::comes_to_rest() const {
  return testkit::eventually([&] { return count("outbox") == 0 && count("outbox_blocked") == 0; },
                             [&] {
                               return std::to_string(count("outbox")) + " rows wait, " +
                                      std::to_string(count("outbox_blocked")) + " are blocked";
                             });
}

}  // namespace waybill::outbox::testing
