#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "waybill/base/deadline.hpp"
#include "waybill/outbox/relay_action.hpp"
#include "waybill/outbox/relay_machine.hpp"
#include "waybill/postgres/session.hpp"

namespace waybill::outbox {

/// Rows, and whether no more stood behind them.
struct RowsRead {
  std::vector<Row> rows;
  bool was_last = true;
  Snapshot snapshot{};
};

/// The relay's statements, each a transaction on the session that holds the leadership. Throws
/// postgres::Fault. One thread.
class RelayStore {
 public:
  RelayStore(postgres::Session& session, std::chrono::milliseconds statement_limit)
      : session_(session), limit_(statement_limit) {}

  /// Whether this session leads now; it leads until it ends, by the server's hand if no statement comes for
  /// so long: from a process that is stopped, say.
  bool try_to_lead(std::chrono::milliseconds longest_silence);
  std::vector<RelayMachine::BlockedLane> blocked_lanes();

  RowsRead read(const act::Read& read, std::size_t most_bytes);
  std::vector<std::int64_t> sweep(const act::Sweep& sweep);
  std::vector<Row> fetch(const act::Fetch& fetch);
  void remove(const act::Remove& remove);
  void block(const act::Block& block);
  void defer(const act::Defer& defer);
  RowsRead read_blocked(const act::ReadBlocked& read, std::size_t most_bytes);

  struct Promoted {
    std::size_t rows = 0;
    bool was_last = true;
  };
  Promoted promote(const act::Promote& promote);
  /// What was made and what was dropped, by name.
  struct Maintained {
    std::vector<std::string> made;
    std::vector<std::string> dropped;
  };
  Maintained maintain(std::chrono::seconds keep_sent);

 private:
  base::Deadline deadline() const { return base::Deadline::after(limit_); }
  postgres::Session& session_;
  std::chrono::milliseconds limit_;
};

}  // namespace waybill::outbox
