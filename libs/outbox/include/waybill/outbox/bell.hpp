#pragma once

#include <memory>

#include "waybill/postgres/options.hpp"

namespace waybill::outbox {

/// Tells the leader of an outbox, in whatever process it is, that rows were committed. A relay that stands by
/// has one of its own; this is for processes that have no relay.
///
///   outbox::Bell bell(database);
///   outbox::Sender sender{.service = "order", .committed = [&] { bell.ring(); }};
///
/// Promises: ring() costs what a flag costs, and holds up no transaction: the NOTIFY is one of its own,
/// because of those that notify the server commits one after the other. Rings that come close together are
/// one. Does not promise: that it is heard. The leader looks by itself as well, as often as
/// RelayLimits::poll_idle says. Faults: none leaves it. Concurrency: any thread.
class Bell {
 public:
  /// It connects when it is first rung.
  explicit Bell(postgres::Options database);
  ~Bell();
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;

  void ring() noexcept;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace waybill::outbox
