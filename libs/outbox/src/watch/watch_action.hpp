#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "watched.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/message/names.hpp"
#include "waybill/outbox/relay_action.hpp"

namespace waybill::outbox {

/// What the watch is to do next. The result of each is given back: of Save, Read and Send before the next
/// action is asked for; of Look, Mark and Settle when it comes.
namespace watch_act {

/// See what the broker has.
struct Look {};
/// Bind this queue by a key that no other has.
struct Mark {
  message::Queue queue{};
};
/// Write down what is known of these.
struct Save {
  std::vector<Watched> watched{};
  bool is_progress = false;  ///< of a replay
};
/// Say when every row that is in the broker's hands now has been removed or has to be sent again.
struct Settle {};
/// Read rows of outbox_sent behind a place and up to a time, and leave out those that the binding did not
/// carry.
struct Read {
  WantedBinding wanted{};
  SentPlace after{};
  base::WallTime up_to{};
  std::size_t rows = 0;
};
/// Send copies of events to one queue; each ends in an outcome of this page.
struct Send {
  std::uint64_t page = 0;
  message::Queue queue{};
  std::vector<Row> rows{};
};
/// Nothing to do before that, or before a result comes.
struct Wait {
  base::SteadyTime until{};
};

}  // namespace watch_act

using WatchAction = std::variant<watch_act::Look, watch_act::Mark, watch_act::Save, watch_act::Settle,
                                 watch_act::Read, watch_act::Send, watch_act::Wait>;

/// Rows of outbox_sent.
struct SentRows {
  std::vector<Row> rows;
  SentPlace up_to{};    ///< all rows up to here were looked at
  bool is_end = false;  ///< there are no more
  base::WallTime read_at{};
};

}  // namespace waybill::outbox
