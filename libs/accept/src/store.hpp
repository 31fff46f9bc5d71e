#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "request_mark.hpp"
#include "waybill/http/response.hpp"
#include "waybill/postgres/tx.hpp"

/// All of this module's SQL.
namespace waybill::accept::store {

/// What stands in the way of doing a request now.
struct Found {
  enum class What : std::uint8_t {
    nothing,  ///< its key is locked by this transaction, and it was not answered yet
    answer,   ///< it was answered
    reused,   ///< another request was, under its key
    busy,     ///< another transaction has its key locked
  };
  What what = What::nothing;
  http::Response answer{};
};

/// Locks the keys of requests until the end of the transaction, and looks what is known of each. In one round
/// trip, in two statements: the second one sees what was committed before the first one had its locks.
std::vector<Found> claim(postgres::Tx& tx, std::span<const RequestMark* const> marks,
                         std::chrono::seconds keep);

struct Answer {
  const RequestMark* mark = nullptr;
  const http::Response* answer = nullptr;
};
/// In one statement, pipelined.
void keep(postgres::Tx& tx, std::span<const Answer> answers);

/// For a transaction that has only read: its COMMIT is then waited for like one that has written, also by a
/// standby that may not have what was read.
void commit_something(postgres::Tx& tx);

/// Whether the statement that keeps answers was refused because no partition takes them.
bool is_lack_of_room(const postgres::Fault& fault);

std::vector<std::string> make_partitions(postgres::Tx& tx);
std::vector<std::string> drop_partitions(postgres::Tx& tx, std::chrono::seconds keep);
/// For how long answers find their partition.
std::chrono::seconds room(postgres::Tx& tx);

}  // namespace waybill::accept::store
