#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "waybill/message/names.hpp"
#include "waybill/message/wire_message.hpp"
#include "waybill/servers/broker_address.hpp"

namespace waybill::servers {

struct QueueCounts {
  std::size_t ready = 0;
  std::size_t unacknowledged = 0;
  std::size_t total() const { return ready + unacknowledged; }
  friend bool operator==(const QueueCounts&, const QueueCounts&) = default;
};

struct Binding {
  std::string exchange;
  std::string queue;
  std::string routing_key;
  friend bool operator==(const Binding&, const Binding&) = default;
};

/// RabbitMQ's three, as regular expressions over the names of queues and exchanges.
struct Permissions {
  std::string configure = ".*";
  std::string write = ".*";
  std::string read = ".*";
};

/// An empty virtual host of its own for one test, on a broker that others use too, and a second opinion on
/// what is in it: everything here goes over the management API, with none of the code under test.
///
/// Promises: nobody else knows its name; it is deleted at the end with all its queues, connections and users.
/// When a call that changes something has returned, the change is made. Whatever the broker refuses is a
/// std::runtime_error with the broker's words. Does not promise: that counts() of a quorum queue is of this
/// moment. RabbitMQ writes it down every half second on the servers of scripts/stack: wait with
/// testkit::eventually(). Concurrency: any thread; each call opens a connection of its own.
class TestVirtualHost {
 public:
  explicit TestVirtualHost(BrokerAddress broker = shared_broker());
  ~TestVirtualHost();
  TestVirtualHost(const TestVirtualHost&) = delete;
  TestVirtualHost& operator=(const TestVirtualHost&) = delete;

  const std::string& name() const { return name_; }
  /// Deletes the virtual host before its time, with all that is in it, and makes an empty one of that name,
  /// where nobody but the administrator has a right.
  void remove() const;
  void make() const;
  /// As the broker's administrator, who may do anything here.
  std::string url() const;
  std::string url_as(const std::string& user, const std::string& password) const;

  /// A durable quorum queue, unless the arguments say otherwise.
  void declare_queue(const std::string& queue, const message::Headers& arguments = {}) const;
  void delete_queue(const std::string& queue) const;
  void purge_queue(const std::string& queue) const;
  std::vector<std::string> queues() const;  ///< sorted
  QueueCounts counts(const std::string& queue) const;
  /// Takes messages away, the oldest first: at most so many, fewer when there are no more. As they were
  /// sent, with their headers sorted by name.
  std::vector<message::WireMessage> take(const std::string& queue, std::size_t most) const;

  void declare_exchange(const std::string& exchange, const std::string& type) const;
  void delete_exchange(const std::string& exchange) const;
  void bind(const Binding& binding) const;
  void unbind(const Binding& binding) const;
  /// All but those of the default exchange, which nobody makes.
  std::vector<Binding> bindings() const;

  /// Puts a message in, without a confirm; false when it reached no queue. The exchange "" is the default
  /// one.
  bool publish(const message::Address& to, const message::WireMessage& message) const;
  /// The same for a message that expires after so long in a queue.
  bool publish_expiring(const message::Address& to, const message::WireMessage& message,
                        std::chrono::milliseconds life) const;

  /// Makes what definitions in RabbitMQ's format describe, here, whatever virtual host they name. RabbitMQ
  /// leaves a queue or exchange of the same name as it is.
  void import_definitions(const std::string& definitions) const;
  /// The queues, exchanges and bindings that are here, in the same format.
  std::string definitions() const;

  /// How many clients are connected here. The broker's books are up to a second behind.
  std::size_t connections() const;
  /// Cuts every client in these books off, as an administrator does (320, CONNECTION_FORCED), and says how
  /// many. Wait for connections() first where one has only just connected.
  std::size_t close_connections() const;
  /// From now on, the broker takes so many connections here and no more.
  void limit_connections(std::size_t most) const;

  /// A user of this test, without any right until set_permissions(); for one that exists, a new password.
  void set_user(const std::string& user, const std::string& password) const;
  void set_permissions(const std::string& user, const Permissions& permissions) const;

 private:
  struct Api;
  std::string name_;
  std::unique_ptr<Api> api_;
};

}  // namespace waybill::servers
