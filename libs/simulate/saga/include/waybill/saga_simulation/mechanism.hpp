#pragma once

#include <functional>

#include "waybill/saga/advance.hpp"

namespace waybill::saga_simulation {

/// The parts of the orchestrator and its inboxes, each of which can be replaced by a wrong one: a simulation
/// that does not find the mistake proves nothing. Users leave it as it is.
struct Mechanism {
  std::function<saga::Change(const saga::Plan&, saga::AnyData, base::WallTime)> begin = saga::begin;
  std::function<saga::Change(const saga::Plan&, saga::Instance, const saga::Input&, base::WallTime)> advance =
      saga::advance;
  /// Whether a command of a change is really sent; empty: each is.
  std::function<bool(const saga::Plan&, const saga::Sent&)> sends{};
  bool sends_after_commit = true;  ///< else also what a crash has rolled back is sent
  bool knows_versions = true;      ///< else a process takes the newest version that it knows for the saga's
  bool has_inboxes = true;         ///< else copies are taken as often as they come
  bool watches_protocol = true;    ///< else the sagas' own rules are not looked after, only the user's
};

}  // namespace waybill::saga_simulation
