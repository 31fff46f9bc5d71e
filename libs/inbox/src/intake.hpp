#pragma once

#include <chrono>
#include <string>

#include "received.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/contract/codec.hpp"

namespace waybill::inbox {

/// Reads what was delivered, and decides what can be decided without the database. Nothing that is in a
/// message makes it throw. One thread.
class Intake {
 public:
  Intake(std::string queue, std::chrono::seconds remember, const contract::Codec& codec,
         const Handlers& handlers)
      : queue_(std::move(queue)), remember_(remember), codec_(codec), handlers_(handlers) {}

  Received read(message::Delivery delivery, base::WallTime now) const;

 private:
  void decide(Received& received, base::WallTime now) const;

  std::string queue_;
  std::chrono::seconds remember_;
  const contract::Codec& codec_;
  const Handlers& handlers_;
};

/// An id for what has none: the same for the same bytes.
base::Uuid fingerprint(const std::string& queue, const message::WireMessage& wire);

/// FNV-1a, 64 bits: two payloads under one id are told apart by it.
std::int64_t hash_of(std::string_view type, std::string_view payload);

}  // namespace waybill::inbox
