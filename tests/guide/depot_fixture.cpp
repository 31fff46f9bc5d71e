#include "depot_fixture.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include "guide_page.hpp"
#include "waybill/amqp/manifest.hpp"
#include "waybill/amqp/topology.hpp"
#include "waybill/servers/listening_port.hpp"

namespace waybill::guide {
namespace {

using http::testing::RawAnswer;
using http::testing::RawClient;

const std::string manifest_file = WAYBILL_GUIDE_DEPOT "/topology.json";

/// One that nobody listens at, now.
std::uint16_t free_port() { return servers::ListeningPort(0).number(); }

std::optional<RawAnswer> ask_at(std::uint16_t port, const std::string& request) {
  try {
    return http::testing::ask(port, request);
  } catch (const std::system_error&) {
    return std::nullopt;
  }
}

}  // namespace

DepotFixture::DepotFixture() : http_port_(free_port()), admin_port_(free_port()) {
  // What others own has to be there as well: a message that reaches no queue would wait.
  amqp::set_up_topology(amqp::Options::for_urls({broker_.url()}),
                        {amqp::load_manifest(manifest_file).value().topology(), amqp::TopologyMode::declare},
                        base::Deadline::after(30s));
  directory_.write("keys.json", R"({"keys": [{"id": "shop", "sha256": ")" + client_.sha256 +
                                    R"(", "scopes": ["depot:read", "depot:write"],)"
                                    R"( "rate": {"requests": 10000, "per": "1s"}}]})");
}

std::map<std::string, std::string> DepotFixture::variables() const {
  return {{"WAYBILL_POSTGRES_URL", database_.url()},
          {"WAYBILL_POSTGRES_ALLOW_UNSAFE_DURABILITY", "true"},
          {"WAYBILL_RABBITMQ_URL", broker_.url()},
          {"WAYBILL_TOPOLOGY_MANIFEST", manifest_file},
          {"WAYBILL_TOPOLOGY_MODE", "verify"},
          {"WAYBILL_HTTP_ADDRESS", "127.0.0.1:" + std::to_string(http_port_)},
          {"WAYBILL_HTTP_KEYS", (directory_.path() / "keys.json").string()},
          {"WAYBILL_ADMIN_ADDRESS", "127.0.0.1:" + std::to_string(admin_port_)},
          {"WAYBILL_LOG_FORMAT", "json"}};
}

Ended DepotFixture::run(const std::vector<std::string>& words,
                        const std::map<std::string, std::string>& variables) {
  std::string command = "env -i PATH=\"$PATH\"";
  for (const auto& [name, value] : variables)
    command.append(" '").append(name).append("=").append(value).append("'");
  command.append(" '" WAYBILL_GUIDE_DEPOT_PROGRAM "'");
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

void DepotFixture::migrate() const {
  const auto ended = run({"migrate"});
  ASSERT_EQ(ended.status, 0) << ended.text;
}

std::unique_ptr<servers::Program> DepotFixture::start(std::map<std::string, std::string> more) const {
  auto all = variables();
  more.merge(all);
  return std::make_unique<servers::Program>(WAYBILL_GUIDE_DEPOT_PROGRAM, std::vector<std::string>{}, more);
}

std::optional<RawAnswer> DepotFixture::ask_admin(const std::string& path) const {
  return ask_at(admin_port_, http::testing::get(path, "Connection: close\r\n"));
}

std::optional<RawAnswer> DepotFixture::ask_api(const std::string& request) const {
  return ask_at(http_port_, request);
}

bool DepotFixture::is_ready() const {
  const auto answer = ask_admin("/readyz");
  return answer && answer->status == 200;
}

std::string DepotFixture::readiness() const {
  const auto answer = ask_admin("/readyz");
  return answer ? answer->body : "nobody listens";
}

std::optional<RawAnswer> DepotFixture::deliver(const std::string& key, const std::string& sku,
                                               int quantity) const {
  const auto body = R"({"sku": ")" + sku + R"(", "quantity": )" + std::to_string(quantity) + "}";
  return ask_api(
      http::testing::post("/api/v1/deliveries", body, bearer() + "Idempotency-Key: " + key + "\r\n"));
}

std::int64_t DepotFixture::available(const std::string& sku) const {
  return std::stoll(database_.sql("SELECT coalesce(sum(available), 0) FROM goods WHERE sku = '" + sku + "'"));
}

}  // namespace waybill::guide
