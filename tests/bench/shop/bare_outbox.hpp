#pragma once

#include <string>
#include <vector>

#include "bare_relay.hpp"
#include "bare_sql.hpp"

namespace waybill::bench {

/// What a thread's transactions write into the outbox, in one statement each. One thread.
class BareOutbox {
 public:
  BareOutbox(BareSql& sql, BareRelay& relay);

  /// `kind` as the outbox has it; an event is kept when it was sent.
  void add(BareMessage message, const std::string& kind);
  /// Within a pipeline.
  void write();
  /// After the commit.
  void publish();

 private:
  BareSql& sql_;
  BareRelay& relay_;
  const std::string headers_;
  const std::string payload_;
  std::vector<BareRow> rows_;
  ArrayText ids_;
  ArrayText message_ids_;
  ArrayText orders_;
  ArrayText kinds_;
  ArrayText types_;
  ArrayText exchanges_;
  ArrayText routing_keys_;
};

}  // namespace waybill::bench
