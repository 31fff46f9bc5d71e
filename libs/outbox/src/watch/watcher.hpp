#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_set>

#include "../relay/relay_mailbox.hpp"
#include "watch_machine.hpp"
#include "watch_store.hpp"
#include "waybill/message/publisher.hpp"
#include "waybill/outbox/relay.hpp"
#include "waybill/outbox/relay_action.hpp"

namespace waybill::outbox {

/// The watch of one term of leading: asks its machine what to do and does it, a step at a time, between those
/// of the relay. One thread.
class Watcher {
 public:
  /// Throws postgres::Fault, as step() does.
  Watcher(const RelayOptions& options, const RelayProbe& probe, message::Publisher& publisher,
          std::shared_ptr<RelayMailbox> mailbox, WatchStore store, std::uint64_t term);
  /// Leaves no alarm behind that nobody sees to any more.
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  /// The rows that are in the broker's hands: published, and not removed yet.
  using InHand = std::function<std::vector<std::int64_t>()>;
  /// Does what is next, and says until when there is nothing to do after that.
  base::SteadyTime step(const InHand& rows_in_hand);
  void hear(std::span<RelayMailbox::News> news);
  /// These rows have been removed, or have to be sent again.
  void has_ended(std::int64_t row) {
    if (!awaited_.empty()) awaited_.erase(row);
  }

 private:
  void perform(const watch_act::Look& look);
  void perform(const watch_act::Mark& mark);
  void perform(const watch_act::Save& save);
  void perform(const watch_act::Read& read);
  void perform(watch_act::Send& send);
  void take(RelayMailbox::Looked& looked);
  void take(const RelayMailbox::Marked& marked);
  void take(const RelayMailbox::CopyEnded& copy);
  void tell_notices();
  void tell(const WatchMachine::Notice& notice) const;

  const RelayOptions& options_;
  const RelayProbe& probe_;
  message::Publisher& publisher_;
  std::shared_ptr<RelayMailbox> mailbox_;
  WatchStore store_;
  const std::uint64_t term_;
  WatchMachine machine_;
  base::WallTime look_began_{};
  bool is_settling_ = false;
  std::unordered_set<std::int64_t> awaited_;  // while it is settling
};

}  // namespace waybill::outbox
