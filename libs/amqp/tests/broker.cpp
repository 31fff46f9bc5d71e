#include "broker.hpp"

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>

#include <iostream>
#include <stdexcept>

#include "wire/bytes.hpp"
#include "wire/header_table.hpp"

namespace waybill::amqp::tests {
namespace {
constexpr amqp_channel_t channel = 1;
}

struct BareClient::State {
  explicit State(const Endpoint& endpoint) : connection(amqp_new_connection()) {
    auto* socket = amqp_tcp_socket_new(connection);
    if (amqp_socket_open(socket, endpoint.host.c_str(), endpoint.port) != AMQP_STATUS_OK) {
      throw std::runtime_error("the tests' own client cannot reach the broker at " + endpoint.address());
    }
    const auto login = amqp_login(connection, endpoint.virtual_host.c_str(), 0, 131'072, 0,
                                  AMQP_SASL_METHOD_PLAIN, endpoint.user.c_str(), endpoint.password.c_str());
    if (login.reply_type != AMQP_RESPONSE_NORMAL)
      throw std::runtime_error("the tests' own client cannot log in");
    open();
  }
  ~State() { amqp_destroy_connection(connection); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void open() {
    amqp_channel_open(connection, channel);
    check("open a channel");
  }

  void check(const std::string& what) {
    const auto reply = amqp_get_rpc_reply(connection);
    if (reply.reply_type == AMQP_RESPONSE_NORMAL) return;
    std::string why = amqp_error_string2(reply.library_error);
    if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION && reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD) {
      why = to_string(static_cast<amqp_channel_close_t*>(reply.reply.decoded)->reply_text);
      amqp_channel_close_ok_t close_ok{};
      amqp_send_method(connection, channel, AMQP_CHANNEL_CLOSE_OK_METHOD, &close_ok);
      open();
    }
    throw std::runtime_error("the tests' own client cannot " + what + ": " + why);
  }

  amqp_connection_state_t connection;
};

BareClient::BareClient(const Endpoint& endpoint) : state_(std::make_unique<State>(endpoint)) {}
BareClient::~BareClient() = default;

void BareClient::declare_quorum_queue(const std::string& queue, const message::Headers& arguments) {
  HeaderTable table;
  table.add("x-queue-type", std::string_view{"quorum"});
  for (const auto& [name, value] : arguments) table.add(name, value);
  amqp_queue_declare(state_->connection, channel, to_bytes(queue), 0, 1, 0, 0, table.table());
  state_->check("declare queue " + queue);
}

void BareClient::declare_exchange(const std::string& exchange, const std::string& type) {
  amqp_exchange_declare(state_->connection, channel, to_bytes(exchange), to_bytes(type), 0, 1, 0, 0,
                        amqp_empty_table);
  state_->check("declare exchange " + exchange);
}

void BareClient::bind(const std::string& queue, const std::string& exchange, const std::string& routing_key) {
  amqp_queue_bind(state_->connection, channel, to_bytes(queue), to_bytes(exchange), to_bytes(routing_key),
                  amqp_empty_table);
  state_->check("bind queue " + queue);
}

void BareClient::delete_queue(const std::string& queue) {
  amqp_queue_delete(state_->connection, channel, to_bytes(queue), 0, 0);
  state_->check("delete queue " + queue);
}

void BareClient::delete_exchange(const std::string& exchange) {
  amqp_exchange_delete(state_->connection, channel, to_bytes(exchange), 0);
  state_->check("delete exchange " + exchange);
}

void BareClient::publish(const std::string& queue, const std::string& body) {
  amqp_basic_publish(state_->connection, channel, amqp_empty_bytes, to_bytes(queue), 0, 0, nullptr,
                     to_bytes(body));
}

void BareClient::publish_nested_header(const std::string& queue) {
  HeaderTable inner;
  inner.add("reason", std::string_view{"expired"});
  inner.add("count", std::int64_t{2});
  HeaderTable outer;
  outer.add("nested", inner.table());
  amqp_basic_properties_t properties{};
  properties._flags = AMQP_BASIC_HEADERS_FLAG;
  properties.headers = outer.table();
  amqp_basic_publish(state_->connection, channel, amqp_empty_bytes, to_bytes(queue), 0, 0, &properties,
                     amqp_empty_bytes);
}

std::size_t BareClient::message_count(const std::string& queue) {
  const auto* declared =
      amqp_queue_declare(state_->connection, channel, to_bytes(queue), 1, 0, 0, 0, amqp_empty_table);
  state_->check("look at queue " + queue);
  return declared->message_count;
}

std::vector<std::string> BareClient::drain(const std::string& queue) {
  std::vector<std::string> bodies;
  for (;;) {
    const auto reply = amqp_basic_get(state_->connection, channel, to_bytes(queue), 1);
    if (reply.reply_type != AMQP_RESPONSE_NORMAL) state_->check("get from queue " + queue);
    if (reply.reply.id == AMQP_BASIC_GET_EMPTY_METHOD) return bodies;
    amqp_message_t message;
    amqp_read_message(state_->connection, channel, &message, 0);
    bodies.push_back(to_string(message.body));
    amqp_destroy_message(&message);
    amqp_maybe_release_buffers(state_->connection);
  }
}

bool BareClient::exists(const std::string& queue) {
  try {
    message_count(queue);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

TestQueue::TestQueue(const std::string& prefix) : name_(unique_name(prefix)) {
  BareClient(broker()).declare_quorum_queue(name_);
}

TestQueue::~TestQueue() {
  try {
    BareClient(broker()).delete_queue(name_);
  } catch (const std::exception& fault) {
    std::cerr << fault.what() << "\n";
  }
}

}  // namespace waybill::amqp::tests
