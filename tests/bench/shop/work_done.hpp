#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "shop_databases.hpp"

namespace waybill::bench {

/// How many rows an order writes, by the table, and how many messages are handled for it, by who does: what
/// docs/benchmarks.md tells of the shop, and what the floor has to write as well.
///
/// PostgreSQL's own books are compared with it, in which a row counts that was written by a transaction that
/// failed.
class WorkDone {
 public:
  explicit WorkDone(const ShopDatabases& databases) : databases_(databases), before_(read()) {}

  /// Throws std::runtime_error with every difference: a table with fewer rows or noticeably more than so many
  /// completed orders write, or one that is not known of.
  void check(std::size_t orders) const;

 private:
  /// Rows by "service table inserted" and the like.
  using Rows = std::map<std::string, double>;
  Rows read() const;
  std::string differences(std::size_t orders) const;

  const ShopDatabases& databases_;
  Rows before_;
};

}  // namespace waybill::bench
