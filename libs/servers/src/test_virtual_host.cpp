#include "waybill/servers/test_virtual_host.hpp"

#include <algorithm>
#include <iostream>
#include <mutex>
#include <set>
#include <stdexcept>
#include <utility>

#include "management.hpp"
#include "message_json.hpp"
#include "waybill/base/uuid_v7.hpp"

namespace waybill::servers {
namespace {

using nlohmann::json;

/// The default exchange has no name in AMQP and this one in a path.
std::string exchange_in_path(const std::string& exchange) {
  return exchange.empty() ? "amq.default" : exchange;
}

}  // namespace

struct TestVirtualHost::Api {
  explicit Api(const BrokerAddress& broker)
      : amqp(ServerUrl::parse(broker.url, "the broker's URL")), management(broker.management_url) {}

  bool publish(const std::string& host, const message::Address& to, json body) const {
    body["routing_key"] = to.routing_key.value();
    const auto exchange = exchange_in_path(to.exchange.value());
    return management.post(path({"exchanges", host, exchange, "publish"}), body).at("routed").get<bool>();
  }

  ServerUrl amqp;
  Management management;
  std::mutex mutex;
  std::set<std::string> users;  ///< of this test, to be deleted with the virtual host
};

TestVirtualHost::TestVirtualHost(BrokerAddress broker)
    : name_("test-" + base::new_uuid_v7().to_string()), api_(std::make_unique<Api>(broker)) {
  make();
}

TestVirtualHost::~TestVirtualHost() {
  try {
    api_->management.remove_if_there(path({"vhosts", name_}));
    for (const auto& user : api_->users) api_->management.remove_if_there(path({"users", user}));
  } catch (const std::exception& fault) {
    std::cerr << "virtual host " << name_ << " is left behind: " << fault.what() << "\n";
  }
}

void TestVirtualHost::remove() const { api_->management.remove(path({"vhosts", name_})); }

void TestVirtualHost::make() const {
  api_->management.put(path({"vhosts", name_}), json::object());
  set_permissions(api_->amqp.user, {});
}

std::string TestVirtualHost::url() const { return api_->amqp.with_path(name_); }

std::string TestVirtualHost::url_as(const std::string& user, const std::string& password) const {
  auto address = api_->amqp;
  address.user = user;
  address.password = password;
  return address.with_path(name_);
}

void TestVirtualHost::declare_queue(const std::string& queue, const message::Headers& arguments) const {
  auto all = to_json(arguments);
  if (!all.contains("x-queue-type")) all["x-queue-type"] = "quorum";
  api_->management.put(path({"queues", name_, queue}), {{"durable", true}, {"arguments", all}});
}

void TestVirtualHost::delete_queue(const std::string& queue) const {
  api_->management.remove(path({"queues", name_, queue}));
}

void TestVirtualHost::purge_queue(const std::string& queue) const {
  api_->management.remove(path({"queues", name_, queue, "contents"}));
}

std::vector<std::string> TestVirtualHost::queues() const {
  std::vector<std::string> names;
  for (const auto& queue : api_->management.get(path({"queues", name_}) + "?disable_stats=true"))
    names.push_back(queue.at("name"));
  std::ranges::sort(names);
  return names;
}

QueueCounts TestVirtualHost::counts(const std::string& queue) const {
  // With statistics, the API tells what it gathered seconds ago; without, it asks the queues.
  const auto all =
      api_->management.get(path({"queues", name_}) + "?disable_stats=true&enable_queue_totals=true");
  const auto found = std::ranges::find_if(all, [&](const json& one) { return one.at("name") == queue; });
  if (found == all.end()) throw std::runtime_error("virtual host " + name_ + " has no queue '" + queue + "'");
  return {found->value("messages_ready", std::size_t{0}),
          found->value("messages_unacknowledged", std::size_t{0})};
}

std::vector<message::WireMessage> TestVirtualHost::take(const std::string& queue, std::size_t most) const {
  const auto taken =
      api_->management.post(path({"queues", name_, queue, "get"}),
                            {{"count", most}, {"ackmode", "ack_requeue_false"}, {"encoding", "base64"}});
  std::vector<message::WireMessage> messages;
  for (const auto& one : taken) messages.push_back(from_json(one));
  return messages;
}

void TestVirtualHost::declare_exchange(const std::string& exchange, const std::string& type) const {
  api_->management.put(path({"exchanges", name_, exchange}), {{"type", type}, {"durable", true}});
}

void TestVirtualHost::delete_exchange(const std::string& exchange) const {
  api_->management.remove(path({"exchanges", name_, exchange}));
}

void TestVirtualHost::bind(const Binding& binding) const {
  api_->management.post(path({"bindings", name_, "e", binding.exchange, "q", binding.queue}),
                        {{"routing_key", binding.routing_key}});
}

void TestVirtualHost::unbind(const Binding& binding) const {
  const auto between = path({"bindings", name_, "e", binding.exchange, "q", binding.queue});
  for (const auto& one : api_->management.get(between)) {
    if (one.at("routing_key") == binding.routing_key)
      api_->management.remove(between + "/" + percent_encoded(one.at("properties_key").get<std::string>()));
  }
}

std::vector<Binding> TestVirtualHost::bindings() const {
  std::vector<Binding> bindings;
  for (const auto& one : api_->management.get(path({"bindings", name_}))) {
    if (one.at("source") != "")
      bindings.push_back({one["source"], one.at("destination"), one.at("routing_key")});
  }
  return bindings;
}

bool TestVirtualHost::publish(const message::Address& to, const message::WireMessage& message) const {
  return api_->publish(name_, to, to_json(message));
}

bool TestVirtualHost::publish_expiring(const message::Address& to, const message::WireMessage& message,
                                       std::chrono::milliseconds life) const {
  auto body = to_json(message);
  body["properties"]["expiration"] = std::to_string(life.count());
  return api_->publish(name_, to, std::move(body));
}

void TestVirtualHost::import_definitions(const std::string& definitions) const {
  api_->management.post(path({"definitions", name_}), json::parse(definitions));
}

std::string TestVirtualHost::definitions() const {
  return api_->management.get(path({"definitions", name_})).dump();
}

std::size_t TestVirtualHost::connections() const {
  return api_->management.get(path({"vhosts", name_, "connections"})).size();
}

std::size_t TestVirtualHost::close_connections() const {
  std::size_t closed = 0;
  for (const auto& one : api_->management.get(path({"vhosts", name_, "connections"}))) {
    api_->management.remove_if_there(path({"connections", one.at("name").get<std::string>()}));
    ++closed;
  }
  return closed;
}

void TestVirtualHost::limit_connections(std::size_t most) const {
  api_->management.put(path({"vhost-limits", name_, "max-connections"}), {{"value", most}});
}

void TestVirtualHost::set_user(const std::string& user, const std::string& password) const {
  {
    const std::scoped_lock lock(api_->mutex);
    api_->users.insert(user);
  }
  api_->management.put(path({"users", user}), {{"password", password}, {"tags", ""}});
}

void TestVirtualHost::set_permissions(const std::string& user, const Permissions& permissions) const {
  api_->management.put(
      path({"permissions", name_, user}),
      {{"configure", permissions.configure}, {"write", permissions.write}, {"read", permissions.read}});
}

}  // namespace waybill::servers
