#include "service_fixture.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "waybill/amqp/manifest.hpp"
#include "waybill/amqp/topology.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/contract/codec.hpp"
#include "waybill/message/wire_format.hpp"
#include "waybill/servers/listening_port.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::service::testing {
namespace {

using namespace std::chrono_literals;
using http::testing::RawAnswer;

std::optional<RawAnswer> ask_at(std::uint16_t port, const std::string& request) {
  try {
    return http::testing::ask(port, request);
  } catch (const std::system_error&) {
    return std::nullopt;
  }
}

RawAnswer answer_of(std::optional<RawAnswer> answer) {
  if (!answer) throw std::runtime_error("nobody listens");
  return std::move(*answer);
}

std::string key_line(const std::string& given) {
  return "Idempotency-Key: " + (given.empty() ? base::new_uuid_v7().to_string() : given) + "\r\n";
}

}  // namespace

ServiceFixture::ServiceFixture(TestedService tested)
    : tested_(std::move(tested)), http_port_(servers::free_port()), admin_port_(servers::free_port()) {
  // What others own has to be there as well: a message that reaches no queue would wait.
  const auto manifest = amqp::load_manifest(tested_.manifest).value();
  amqp::set_up_topology(amqp::Options::for_urls({broker_.url()}),
                        {manifest.topology(), amqp::TopologyMode::declare}, base::Deadline::after(30s));
  broker_.declare_queue("test.replies");
  broker_.bind({"replies", "test.replies", "test"});
  std::string scopes;
  for (const auto& scope : tested_.scopes) scopes += (scopes.empty() ? "\"" : ", \"") + scope + '"';
  directory_.write("keys.json", R"({"keys": [{"id": "shop", "sha256": ")" + client_.sha256 +
                                    R"(", "scopes": [)" + scopes +
                                    R"(], "rate": {"requests": 10000, "per": "1s"}}]})");
}

std::map<std::string, std::string> ServiceFixture::variables() const {
  return {{"WAYBILL_POSTGRES_URL", database_.url()},
          {"WAYBILL_POSTGRES_ALLOW_UNSAFE_DURABILITY", "true"},
          {"WAYBILL_RABBITMQ_URL", broker_.url()},
          {"WAYBILL_TOPOLOGY_MANIFEST", tested_.manifest},
          {"WAYBILL_TOPOLOGY_MODE", "verify"},
          {"WAYBILL_HTTP_ADDRESS", "127.0.0.1:" + std::to_string(http_port_)},
          {"WAYBILL_HTTP_KEYS", (directory_.path() / "keys.json").string()},
          {"WAYBILL_ADMIN_ADDRESS", "127.0.0.1:" + std::to_string(admin_port_)},
          {"WAYBILL_LOG_FORMAT", "json"}};
}

Ended ServiceFixture::run(const std::vector<std::string>& words,
                          const std::map<std::string, std::string>& variables) const {
  std::string command = "env -i PATH=\"$PATH\"";
  for (const auto& [name, value] : variables)
    command.append(" '").append(name).append("=").append(value).append("'");
  // Nobody waits for ever for one that should have ended by itself.
  command.append(" timeout 60 '").append(tested_.program).append("'");
  for (const auto& word : words) command.append(" '").append(word).append("'");
  command.append(" 2>&1");
  Ended ended;
  auto* const output = ::popen(command.c_str(), "r");
  std::array<char, 4096> bytes{};
  while (const auto read = std::fread(bytes.data(), 1, bytes.size(), output))
    ended.text.append(bytes.data(), read);
  ended.status = WEXITSTATUS(::pclose(output));
  return ended;
}

void ServiceFixture::migrate() const {
  const auto ended = run({"migrate"});
  ASSERT_EQ(ended.status, 0) << ended.text;
}

std::unique_ptr<servers::Program> ServiceFixture::start(std::map<std::string, std::string> more,
                                                        const std::vector<std::string>& words) const {
  auto all = variables();
  more.merge(all);
  return std::make_unique<servers::Program>(tested_.program, words, more);
}

std::unique_ptr<servers::Program> ServiceFixture::start_ready(std::map<std::string, std::string> more) const {
  migrate();
  auto program = start(std::move(more));
  EXPECT_TRUE(testkit::eventually([&] { return is_ready(); }, [&] { return readiness(); }));
  return program;
}

bool ServiceFixture::is_ready() const {
  const auto answer = ask_admin("/readyz");
  return answer && answer->status == 200;
}

std::string ServiceFixture::readiness() const {
  const auto answer = ask_admin("/readyz");
  return answer ? answer->body : "nobody listens";
}

std::optional<RawAnswer> ServiceFixture::ask_admin(const std::string& path) const {
  return ask_at(admin_port_, http::testing::get(path, "Connection: close\r\n"));
}

std::optional<RawAnswer> ServiceFixture::ask_api(const std::string& request) const {
  return ask_at(http_port_, request);
}

RawAnswer ServiceFixture::get(const std::string& target) const {
  return answer_of(ask_api(http::testing::get(target, bearer())));
}

RawAnswer ServiceFixture::post(const std::string& target, const std::string& body,
                               const std::string& idempotency_key) const {
  return answer_of(ask_api(http::testing::post(target, body, bearer() + key_line(idempotency_key))));
}

RawAnswer ServiceFixture::put(const std::string& target, const std::string& body,
                              const std::string& idempotency_key) const {
  auto request = http::testing::post(target, body, bearer() + key_line(idempotency_key));
  return answer_of(ask_api(request.replace(0, 4, "PUT")));
}

message::Envelope ServiceFixture::envelope_of(const contract::Payload& payload) {
  message::Envelope envelope;
  envelope.id = message::MessageId{base::new_uuid_v7()};
  envelope.source = "test";
  envelope.time = base::system_clock().wall();
  envelope.reply_to = "test";
  contract::Codec().encode(payload, envelope).value();
  return envelope;
}

message::Envelope ServiceFixture::envelope_of(const contract::Payload& payload, message::SagaReference saga) {
  auto envelope = envelope_of(payload);
  envelope.saga = std::move(saga);
  return envelope;
}

void ServiceFixture::send_command(const message::Envelope& envelope) const {
  const message::Address to{message::Exchange{"commands"}, message::RoutingKey{tested_.name}};
  if (!broker_.publish(to, message::write_envelope(envelope))) {
    throw std::runtime_error("no queue takes commands for " + tested_.name);
  }
}

void ServiceFixture::publish_event(const message::Envelope& envelope) const {
  broker_.publish({message::Exchange{"events.fanout"}, {}}, message::write_envelope(envelope));
}

std::vector<message::Envelope> ServiceFixture::take(const std::string& queue, std::size_t count) const {
  std::vector<message::Envelope> taken;
  const auto has_all = [&] {
    for (const auto& wire : broker_.take(queue, count - taken.size())) {
      taken.push_back(message::read_envelope(wire).value());
    }
    return taken.size() == count;
  };
  const auto limit = 20s + count * 20ms;
  EXPECT_TRUE(testkit::eventually(
      has_all,
      [&] { return queue + " had " + std::to_string(taken.size()) + " of " + std::to_string(count); },
      limit));
  return taken;
}

}  // namespace waybill::service::testing
