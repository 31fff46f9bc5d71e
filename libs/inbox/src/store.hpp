#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "received.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/postgres/tx.hpp"

namespace waybill::inbox::store {

using Batch = std::span<const Received* const>;
using Ids = std::vector<base::Uuid>;

/// What the database says of a message before it is handled.
enum class Claim : std::uint8_t { fresh, seen, stale, expired, other_payload, unknown };

/// Notes that these are handled in this transaction, if they were not before. One statement, and another one
/// to find out about those that are not fresh. From then on the server ends statements of this transaction
/// after so long.
std::vector<Claim> claim(postgres::Tx& tx, const std::string& consumer, Batch batch,
                         std::chrono::milliseconds statement_within);

/// Makes the transaction write, so that its commit waits for whoever commits have to wait for: what it only
/// read may be a commit that no standby has yet.
void commit_something(postgres::Tx& tx);

/// Names this process, as long as it lives.
const base::Uuid& this_process();

/// Whether this session is the one that takes the consumer's parked messages. It is until it ends, by the
/// server's hand if no statement comes for so long: from a process that is stopped, say.
bool try_to_keep_parked(postgres::Tx& tx, const std::string& consumer,
                        std::chrono::milliseconds longest_silence);

/// Waits for these names until the transaction ends: all who come to them do so in one order.
void lock(postgres::Tx& tx, const std::set<std::string>& names);

/// Forgets the attempts of messages that are over.
void forget_attempts(postgres::Tx& tx, const std::string& consumer, Batch batch);

/// Notes that a message is about to be handled alone; in how many processes it was begun and never ended.
struct Begun {
  std::uint32_t crashes = 0;
  bool was_hung = false;
  std::string error;
};
Begun begin(postgres::Tx& tx, const std::string& consumer, const Received& message);
/// Takes back what this process has noted by begin().
void take_back(postgres::Tx& tx, const std::string& consumer, Batch batch);
/// Notes that a message's handler did not return; the process is about to end.
void note_hung(postgres::Tx& tx, const std::string& consumer, const base::Uuid& id, std::uint32_t attempt,
               const std::string& error);

/// A failed attempt.
struct Failed {
  base::Uuid id;
  std::uint32_t attempt = 1;
  bool is_final = false;
  std::string error;
};
struct Advanced {
  base::WallTime first_failed_at;
  base::WallTime failed_at;
};
/// Ends these attempts; only those that still counted are in the answer.
std::unordered_map<base::Uuid, Advanced> advance(postgres::Tx& tx, const std::string& consumer,
                                                 std::span<const Failed> failed);

struct Maintained {
  std::vector<std::string> made;
  std::vector<std::string> dropped;
};
Maintained maintain(postgres::Tx& tx, const std::string& consumer, std::chrono::seconds remember);

}  // namespace waybill::inbox::store
