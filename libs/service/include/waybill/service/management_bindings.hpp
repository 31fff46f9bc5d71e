#pragma once

#include <memory>
#include <string>

#include "waybill/outbound/tls_files.hpp"
#include "waybill/outbox/binding_source.hpp"

namespace waybill::runtime {
class EventLoop;
}

namespace waybill::service {

struct ManagementOptions {
  /// http(s)://user:password@host:port of RabbitMQ's management plugin, with a path where it has a prefix.
  /// The user has the tag `management` and a right in the virtual host; to mark queues, the rights to write
  /// to them and to read `retry`.
  std::string url;
  std::string virtual_host = "/";
  outbound::TlsFiles tls{};
};

/// What RabbitMQ's management API tells of bindings and queues.
///
/// Promises: as outbox::BindingSource says, while the loop runs. A broker whose listings are larger than
/// 16 MiB, or that answers with anything but 200, cannot be seen; why is said without a user or password.
/// Does not promise: an answer once the loop has stopped. Concurrency: look() and bind() from any thread; it
/// is made and destroyed on the loop's thread, or while nothing runs the loop. The loop outlives it.
class ManagementBindings final : public outbox::BindingSource {
 public:
  /// Throws std::invalid_argument for a URL that cannot be one.
  ManagementBindings(runtime::EventLoop& loop, ManagementOptions options);
  ~ManagementBindings() override;
  ManagementBindings(const ManagementBindings&) = delete;
  ManagementBindings& operator=(const ManagementBindings&) = delete;

  void look(base::Deadline deadline, Looked done) override;
  void bind(outbox::BoundQueue binding, base::Deadline deadline, Bound done) override;

 private:
  struct Api;
  runtime::EventLoop& loop_;
  std::shared_ptr<Api> api_;
};

}  // namespace waybill::service
