#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <vector>

#include "watch_action.hpp"
#include "watched.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/base/deadline.hpp"
#include "waybill/postgres/session.hpp"

namespace waybill::outbox {

/// The watch's statements, each a transaction on the session that holds the leadership: rows are moved to
/// outbox_sent on the same one, so none falls between two pages. Throws postgres::Fault. One thread.
class WatchStore {
 public:
  WatchStore(postgres::Session& session, std::chrono::milliseconds statement_limit)
      : session_(session), limit_(statement_limit) {}

  /// What was saved, of whatever bindings; the type of their exchanges is not known here. Of those that
  /// were in order, and that nobody has seen for longer than events are kept, nothing. Those that are wanted
  /// are among it, new ones from this moment on.
  std::vector<Watched> load(std::span<const WantedBinding> wanted, std::chrono::seconds keep_sent);
  void save(std::span<const Watched> watched);
  base::WallTime now();
  /// At most so many bytes of payloads, but one row in any case.
  SentRows read(const watch_act::Read& read, std::size_t most_bytes);

 private:
  base::Deadline deadline() const { return base::Deadline::after(limit_); }
  postgres::Session& session_;
  std::chrono::milliseconds limit_;
};

}  // namespace waybill::outbox
