#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "waybill/message/outcome.hpp"
#include "waybill/message/publisher.hpp"

namespace waybill::simulate {

/// A connection that publishes, mandatory and confirmed. Destroyed, as by the death of its process, it tells
/// no outcome any more; what was on its way arrives, late perhaps, or not.
class FakePublisher {
 public:
  /// Runs at a later virtual time, never within publish().
  using Done = std::function<void(const message::Outcome&)>;
  struct Connection;

  explicit FakePublisher(std::shared_ptr<Connection> connection);
  ~FakePublisher();
  FakePublisher(const FakePublisher&) = delete;
  FakePublisher& operator=(const FakePublisher&) = delete;

  void publish(message::Publication publication, Done done);
  /// The connection is lost, and made anew at once: what has no outcome ends Unknown, and may arrive.
  void cut();
  /// Publications without an outcome.
  std::size_t under_way() const;

 private:
  std::shared_ptr<Connection> connection_;
};

}  // namespace waybill::simulate
