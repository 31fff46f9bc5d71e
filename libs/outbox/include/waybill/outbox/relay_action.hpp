#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "waybill/base/clock.hpp"
#include "waybill/message/publisher.hpp"

namespace waybill::outbox {

/// A row of the outbox, as the relay reads it.
struct Row {
  std::int64_t id = 0;
  std::string key;
  bool is_blocked = false;  ///< it stands in outbox_blocked, not in outbox
  message::Publication publication;
};

/// Rows by the table in which they stand.
struct RowIds {
  std::vector<std::int64_t> waiting;
  std::vector<std::int64_t> blocked;
  bool empty() const { return waiting.empty() && blocked.empty(); }
  std::size_t size() const { return waiting.size() + blocked.size(); }
  void add(std::int64_t id, bool is_blocked) { (is_blocked ? blocked : waiting).push_back(id); }
  friend bool operator==(const RowIds&, const RowIds&) = default;
};

/// Ids from `low` to `high`, both included.
struct IdSpan {
  std::int64_t low = 0;
  std::int64_t high = 0;
  friend bool operator==(const IdSpan&, const IdSpan&) = default;
};

/// What the database could see when it read, in terms of its transactions' numbers.
struct Snapshot {
  std::uint64_t all_ended_below = 0;  ///< every transaction with a lower number had ended
  std::uint64_t none_from = 0;  ///< none had this number yet, or a higher one; told where ids are missing
};

/// A row that cannot be sent now, and why.
struct Hindrance {
  std::int64_t id = 0;
  std::string reason;
  friend bool operator==(const Hindrance&, const Hindrance&) = default;
};

/// What the relay is to do next. Each but Publish and Wait is one transaction, and its result is given back
/// before the next is asked for.
namespace act {

/// Hand these over to the broker; each ends in one outcome, later.
struct Publish {
  std::vector<Row> rows;
};
/// Read rows of the outbox with ids above `after` or within these spans, in the order of their ids and in one
/// snapshot.
struct Read {
  std::int64_t after = 0;
  std::size_t rows = 0;
  std::vector<IdSpan> holes;
};
/// Read the ids of all rows of the outbox up to `up_to`, in case that one was passed by.
struct Sweep {
  std::int64_t up_to = 0;
};
/// Read these rows again.
struct Fetch {
  RowIds ids;
};
/// The broker has them: delete them, and keep those that are events.
struct Remove {
  RowIds ids;
};
/// Move these from the outbox to outbox_blocked.
struct Block {
  std::vector<Hindrance> rows;
};
/// These blocked rows were tried again in vain; they are tried next after so long.
struct Defer {
  std::vector<Hindrance> rows;
  std::chrono::milliseconds wait{0};
};
/// Read rows of outbox_blocked with ids above `after`, in their order, but no rows that go one of these ways,
/// nor any that have a row of the same exchange and key before them which does.
struct ReadBlocked {
  std::int64_t after = 0;
  std::size_t rows = 0;
  std::vector<message::Address> without;
};
/// Move scheduled messages that are due into the outbox, at most so many.
struct Promote {
  std::size_t rows = 0;
};
/// Make and drop partitions.
struct Maintain {};
/// Nothing to do before that, or before an outcome or a wake-up comes.
struct Wait {
  base::SteadyTime until;
};

}  // namespace act

using RelayAction = std::variant<act::Publish, act::Read, act::Sweep, act::Fetch, act::Remove, act::Block,
                                 act::Defer, act::ReadBlocked, act::Promote, act::Maintain, act::Wait>;

}  // namespace waybill::outbox
