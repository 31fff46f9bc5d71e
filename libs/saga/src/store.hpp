#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "known.hpp"
#include "waybill/base/clock.hpp"
#include "waybill/base/uuid.hpp"
#include "waybill/postgres/tx.hpp"
#include "waybill/postgres/types.hpp"
#include "waybill/saga/journal.hpp"

namespace waybill::saga::store {

/// A row of waybill.saga, and what the database's clock said when it was read.
struct Row {
  base::Uuid id{};
  std::string type{};
  std::int32_t version = 1;
  std::string key{};
  std::string status{};
  std::string state{};
  std::optional<base::WallTime> deadline_at{};
  base::WallTime look_at{};
  std::int64_t revision = 0;
  std::string needs_operator{};
  base::WallTime now{};
};

struct Line {
  base::Uuid saga;
  std::int64_t revision = 0;
  base::WallTime at{};
  std::string_view type;
  std::int32_t version = 1;
  std::string input;
  std::string_view outcome;
  std::string_view status;
  std::string_view step;
  std::string sent;
};

/// Locks them in the order of their ids, whatever the order of these. The state of those whose revision is
/// the known one, at the same place as the id, stays empty.
std::vector<Row> load(postgres::Tx& tx, const std::vector<base::Uuid>& ids,
                      const std::vector<std::int64_t>& known_revisions);
/// Locks those that are under way and to be looked at, whose definitions are known and that nobody else
/// holds.
std::vector<Row> load_due(postgres::Tx& tx, const Known& known, std::size_t most);
/// Without a lock.
std::optional<Row> read(postgres::Tx& tx, std::string_view type, std::string_view key);

struct Key {
  std::string type;
  std::string key;
  friend auto operator<=>(const Key&, const Key&) = default;
};
std::optional<base::Uuid> id_of(postgres::Tx& tx, const Key& key);
std::optional<std::int64_t> revision_of(postgres::Tx& tx, const base::Uuid& id);

/// Of a row only what changes is written; all are there.
void insert(postgres::Tx& tx, const Row& row);
void save(postgres::Tx& tx, std::span<const Row* const> rows);
/// The same sagas, looked at later.
void look_later(postgres::Tx& tx, std::span<const Row* const> rows);
/// Deletes sagas that have ended long ago, at most so many, of whatever definitions.
void remove_old(postgres::Tx& tx, std::size_t most);

void write(postgres::Tx& tx, std::span<const Line> lines);
std::vector<JournalEntry> journal(postgres::Tx& tx, const base::Uuid& saga);

/// Until when the journal has partitions, and makes those of the next days.
base::WallTime journal_until(postgres::Tx& tx);
std::vector<std::string> make_journal(postgres::Tx& tx);
std::vector<std::string> drop_journal(postgres::Tx& tx, std::chrono::seconds keep);

/// Sagas that have waited for more than a minute for somebody who knows their definition.
struct Unknown {
  std::string type;
  std::int32_t version = 1;
  std::int64_t sagas = 0;
};
std::vector<Unknown> those_unknown(postgres::Tx& tx, const Known& known);
base::WallTime now(postgres::Tx& tx);

}  // namespace waybill::saga::store
