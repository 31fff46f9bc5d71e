#include "database_watch.hpp"

#include <utility>

namespace waybill::service {
namespace {

using namespace std::chrono_literals;

/// No more are counted than it takes to know that there are too many.
constexpr postgres::Sql count_rows = "SELECT count(*) FROM (SELECT FROM waybill.outbox LIMIT $1) AS counted";

constexpr auto answer_within = 3s;
/// Deleted rows that vacuum could not take away yet are gone through as well, which may take its time.
constexpr unsigned looks_to_a_count = 3;

}  // namespace

std::optional<std::string> why_clock_is_off(base::WallTime ours, base::WallTime theirs) {
  const auto off = std::chrono::duration_cast<std::chrono::seconds>(ours - theirs);
  if (std::chrono::abs(off) <= most_off) return std::nullopt;
  return "this machine's clock is " + std::to_string(std::chrono::abs(off).count()) + " s " +
         (off.count() > 0 ? "ahead of" : "behind") + " the database's; set the one that is wrong";
}

DatabaseWatch::DatabaseWatch(postgres::Options options, std::int64_t count_up_to)
    : options_(std::move(options)), count_up_to_(count_up_to) {
  options_.application_name += " watch";
  options_.connect_timeout = answer_within;
  options_.statement_timeout = 2s;
}

DatabaseSeen DatabaseWatch::look() {
  if (session_ && session_->is_broken()) session_.reset();
  if (!session_) session_.emplace(options_, base::Deadline::after(answer_within));
  DatabaseSeen seen;
  seen.now = session_->transact(
      [](postgres::Tx& tx) { return tx.query_one<base::WallTime>("SELECT clock_timestamp()"); },
      base::Deadline::after(answer_within));
  if (looks_++ % looks_to_a_count == 0) seen.outbox_rows = count();
  return seen;
}

std::optional<std::int64_t> DatabaseWatch::count() {
  try {
    return session_->transact(
        [this](postgres::Tx& tx) { return tx.query_one<std::int64_t>(count_rows, count_up_to_); },
        base::Deadline::after(answer_within));
  } catch (const postgres::Fault&) {
    // One that takes too long to count is long: what was counted last goes on to be true.
    return std::nullopt;
  }
}

}  // namespace waybill::service
