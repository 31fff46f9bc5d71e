#include "relay_fixture.hpp"

#include <array>

#include "waybill/base/uuid_v7.hpp"
#include "waybill/outbox/migrations.hpp"
#include "waybill/postgres/migrations.hpp"
#include "waybill/servers/broker_address.hpp"
#include "waybill/servers/listening_port.hpp"

namespace waybill::relay::testing {
namespace {

constexpr std::string_view manifest = R"({
  "exchanges": {"events": {"type": "fanout"}, "commands": {"type": "direct"},
                "retry": {"type": "direct"}, "dlx": {"type": "direct"}},
  "queues": {
    "all": {"service": "test", "bindings": [{"exchange": "events"}]},
    "other": {"service": "test", "bindings": [{"exchange": "events"}]},
    "stock": {"service": "test", "bindings": [{"exchange": "commands", "key": "stock"}]}
  }
})";

postgres::Options database_options(const std::string& url) {
  postgres::Options options;
  options.url = url;
  options.application_name = "relay-test";
  options.allow_unsafe_durability = true;
  return options;
}

amqp::SubscriberOptions subscriber_options(const std::string& url, const std::string& queue) {
  amqp::SubscriberOptions options;
  options.connection.endpoints = {*amqp::parse_url(url)};
  options.connection.backoff = {10ms, 200ms, 2.0};
  options.queue = message::Queue{queue};
  return options;
}

}  // namespace

Database::Database() : pool_(database_options(database_.url())) {
  const std::array modules{outbox::migrations()};
  postgres::migrate_up(database_options(database_.url()), modules, soon());
}

void Database::commit(const std::vector<outbox::Message>& messages) {
  pool_.transact([&](postgres::Tx& tx) { outbox::add(tx, messages); }, soon());
}

bool Database::is_at_rest() const {
  return sql("SELECT (SELECT count(*) FROM waybill.outbox) + (SELECT count(*) FROM waybill.outbox_blocked) "
             "+ (SELECT count(*) FROM waybill.scheduled)") == "0\n";
}

int Database::waiting() const { return std::stoi(sql("SELECT count(*) FROM waybill.outbox")); }

Consumer::Consumer(const servers::TestVirtualHost& broker, const std::string& queue)
    : subscriber_(subscriber_options(broker.url(), queue)), thread_("consumer", [this] {
        for (;;) {
          const auto deliveries = subscriber_.receive(256, base::Deadline::never());
          if (deliveries.empty()) return;
          std::vector<message::DeliveryTag> tags;
          const std::lock_guard lock(mutex_);
          for (const auto& delivery : deliveries) {
            tags.push_back(delivery.tag);
            const auto& payload = delivery.message.body;
            if (!payloads_.insert(payload).second) continue;
            const auto colon = payload.find(':');
            numbers_[payload.substr(0, colon)].push_back(std::stoi(payload.substr(colon + 1)));
          }
          subscriber_.settle(tags, message::Settlement::ack);
        }
      }) {}

Consumer::~Consumer() {
  subscriber_.close();
  thread_.join();
}

std::set<std::string> Consumer::payloads() const {
  const std::lock_guard lock(mutex_);
  return payloads_;
}

std::map<std::string, std::vector<int>> Consumer::numbers_by_key() const {
  const std::lock_guard lock(mutex_);
  return numbers_;
}

RelayFixture::RelayFixture() : admin_port_(servers::free_port()) {
  directory_.write("topology.json", manifest);
  for (const auto* exchange : {"commands", "retry", "dlx"}) broker_.declare_exchange(exchange, "direct");
  broker_.declare_exchange("events", "fanout");
  for (const std::string queue : {"all", "other", "stock"}) {
    broker_.declare_queue(queue);
    broker_.bind({"retry", queue, queue});
  }
  broker_.bind({"events", "all", ""});
  broker_.bind({"events", "other", ""});
  broker_.bind({"commands", "stock", "stock"});
}

std::map<std::string, std::string> RelayFixture::environment() const {
  return {{"WAYBILL_POSTGRES_URL", order_.url() + "," + payment_.url()},
          {"WAYBILL_POSTGRES_ALLOW_UNSAFE_DURABILITY", "true"},
          {"WAYBILL_RABBITMQ_URL", broker_.url()},
          {"WAYBILL_RABBITMQ_MANAGEMENT_URL", servers::shared_broker().management_url},
          {"WAYBILL_TOPOLOGY_MANIFEST", (directory_.path() / "topology.json").string()},
          {"WAYBILL_ADMIN_ADDRESS", "127.0.0.1:" + std::to_string(admin_port_)},
          {"WAYBILL_BINDINGS_LOOK_EVERY", "200ms"},
          {"WAYBILL_BINDINGS_MARGIN", "1s"}};
}

std::unique_ptr<servers::Program> RelayFixture::start_with(std::map<std::string, std::string> more) const {
  auto variables = environment();
  more.merge(variables);
  return std::make_unique<servers::Program>(RELAY_PROGRAM, std::vector<std::string>{}, more);
}

std::unique_ptr<servers::Program> RelayFixture::start(const std::string& crash_at) const {
  if (crash_at.empty()) return start_with({});
  return start_with({{"WAYBILL_CRASH_AT", crash_at}});
}

outbox::Message RelayFixture::event(const std::string& key, const std::string& payload) {
  outbox::Message message;
  message.kind = outbox::Kind::event;
  message.to = {message::Exchange{"events"}, message::RoutingKey{key}};
  message.envelope.id = message::MessageId{base::new_uuid_v7()};
  message.envelope.type = "test.v1.Happened";
  message.envelope.source = "relay-test";
  message.envelope.subject = key;
  message.envelope.time = base::system_clock().wall();
  message.envelope.content_type = "text/plain";
  message.envelope.payload = payload;
  return message;
}

outbox::Message RelayFixture::command(const std::string& to, const std::string& payload) {
  auto message = event(payload, payload);
  message.kind = outbox::Kind::command;
  message.to = {message::Exchange{"commands"}, message::RoutingKey{to}};
  message.envelope.type = "test.v1.Do";
  return message;
}

bool RelayFixture::leads_both() const {
  const auto leads = [](const Database& database) {
    return database.sql(
               "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = "
               "(SELECT oid FROM pg_database WHERE datname = current_database())") == "1\n";
  };
  return leads(order_) && leads(payment_);
}

}  // namespace waybill::relay::testing
