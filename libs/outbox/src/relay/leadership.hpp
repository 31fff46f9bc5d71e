#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "../watch/watcher.hpp"
#include "relay_mailbox.hpp"
#include "relay_store.hpp"
#include "waybill/outbox/relay.hpp"
#include "waybill/outbox/relay_machine.hpp"

namespace waybill::outbox {

/// One term of leading: asks the machine what to do and does it, until it is to stop and nothing is left, or
/// the session fails. One thread.
class Leadership {
 public:
  Leadership(const RelayOptions& options, const RelayProbe& probe, message::Publisher& publisher,
             std::shared_ptr<RelayMailbox> mailbox, RelayStore& store, const WatchStore& watch_store,
             std::uint64_t term);

  /// True when it was told to stop and nothing was left to send; false when the time for that was over.
  /// Throws postgres::Fault when the leadership is lost.
  bool run();

 private:
  void perform(act::Publish& publish);
  void perform(const act::Read& read);
  void perform(const act::Sweep& sweep);
  void perform(const act::Fetch& fetch);
  void perform(const act::Remove& remove);
  void perform(const act::Block& block);
  void perform(const act::Defer& defer);
  void perform(const act::ReadBlocked& read);
  void perform(const act::Promote& promote);
  void perform(const act::Maintain& maintain);
  void perform(const act::Wait& wait);
  /// Does a step of the watch, if there is one, and says until when it has nothing to do then.
  base::SteadyTime watch();
  void hear();
  void tell_notices();
  void count(const message::Outcome& outcome) const;

  const RelayOptions& options_;
  const RelayProbe& probe_;
  message::Publisher& publisher_;
  /// Also of the publications under way, which may end after all else is gone.
  const std::shared_ptr<RelayMailbox> mailbox_;
  RelayStore& store_;
  const std::uint64_t term_;
  RelayMachine machine_;
  std::optional<Watcher> watcher_;
  RelayMailbox::Mail mail_;
  bool is_flushing_ = false;
};

}  // namespace waybill::outbox
