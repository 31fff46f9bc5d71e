#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "waybill/base/deadline.hpp"
#include "waybill/postgres/fault.hpp"
#include "waybill/postgres/parameters.hpp"
#include "waybill/postgres/rows.hpp"
#include "waybill/postgres/sql.hpp"

namespace waybill::postgres {

class Connection;

/// One transaction, as the function given to transact() sees it. It begins with its first statement, and ends
/// when the function returns (commit) or throws (rollback).
///
///   auto price = tx.query_one<Price>("UPDATE stock SET free = free - $2 WHERE sku = $1 RETURNING price",
///   sku, n);
///
/// Promises: statements are prepared once for each connection. Every statement ends by the transaction's
/// deadline, in a result or in a Fault. NULL in a column that is not read as std::optional, another number of
/// columns and another type are permanent Faults that name the column. Integers widen, nothing narrows. Does
/// not promise: that the transaction goes on after a Fault. The server has given it up by then, so a Fault
/// that is caught and not thrown on still ends it: transact() throws the first one. Concurrency: only the
/// thread that runs the function, and only until it returns.
class Tx {
 public:
  Tx(Connection& connection, base::Deadline deadline) : connection_(connection), deadline_(deadline) {}
  Tx(const Tx&) = delete;
  Tx& operator=(const Tx&) = delete;

  /// Runs a statement; how many rows it touched.
  template <class... P>
  std::size_t execute(Sql sql, const P&... parameters) {
    return run(sql, Parameters<P...>(parameters...).list()).affected();
  }

  /// Runs a statement that nothing is wanted of but that it succeeds, and does not wait for it: what is
  /// pipelined goes out with the next statement that is waited for, or with COMMIT. Its Fault is thrown
  /// there, and names this statement. The server runs them in the order given; a thousand are waited for at
  /// once.
  template <class... P>
  void pipeline(Sql sql, const P&... parameters) {
    add(sql, Parameters<P...>(parameters...).list());
  }

  /// Waits for what is pipelined, so that its Fault is thrown here.
  void settle();

  /// Runs a statement and reads its rows: of one column as values, of more as tuples, of a struct with
  /// `columns` as that.
  template <class... C, class... P>
  std::vector<RowOf<C...>> query(Sql sql, const P&... parameters) {
    return read_rows<C...>(run(sql, Parameters<P...>(parameters...).list()), sql.text());
  }

  /// Exactly one row, or a permanent Fault.
  template <class... C, class... P>
  RowOf<C...> query_one(Sql sql, const P&... parameters) {
    auto rows = query<C...>(sql, parameters...);
    if (rows.size() != 1) throw_row_count(rows.size(), "exactly one", sql.text());
    return std::move(rows.front());
  }

  /// One row or none; more are a permanent Fault.
  template <class... C, class... P>
  std::optional<RowOf<C...>> query_optional(Sql sql, const P&... parameters) {
    auto rows = query<C...>(sql, parameters...);
    if (rows.size() > 1) throw_row_count(rows.size(), "at most one", sql.text());
    if (rows.empty()) return std::nullopt;
    return std::move(rows.front());
  }

  /// Called after the commit, in the thread that committed, before transact() returns; never after a rollback
  /// or when the outcome is in doubt. In the order given. It must not throw (ENSURE): what it follows can't
  /// be undone any more.
  void on_commit(std::function<void()> function) { on_commit_.push_back(std::move(function)); }

  /// Called before anything is waited for while what was pipelined earlier is unanswered: who wants to wait
  /// for that apart calls settle() there. Not called from itself.
  void before_waiting(std::function<void()> function) { before_waiting_ = std::move(function); }
  /// Whether anything that was pipelined is.
  bool has_unanswered() const;

  /// When all of this has to be over.
  base::Deadline deadline() const { return deadline_; }

  /// The first fault the server told of, whatever the function made of it.
  const std::optional<Fault>& first_fault() const { return first_fault_; }
  /// How many statements were given so far.
  std::size_t statements() const { return statements_; }
  std::vector<std::function<void()>> take_on_commit() { return std::move(on_commit_); }

 private:
  Result run(Sql sql, const ParameterList& parameters);
  void add(Sql sql, const ParameterList& parameters);
  template <class F>
  auto keep_fault(F function);
  void announce_wait();

  Connection& connection_;
  base::Deadline deadline_;
  std::vector<std::function<void()>> on_commit_;
  std::function<void()> before_waiting_;
  std::optional<Fault> first_fault_;
  std::size_t statements_ = 0;
};

enum class Isolation { read_committed, repeatable_read, serializable, read_only_snapshot };

/// A reference to the function of a transaction, without owning it.
class TxFunction {
 public:
  template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, TxFunction> && std::is_invocable_v<F&, Tx&>)
  TxFunction(F& function)
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(function)))),
        call_([](void* object, Tx& tx) { static_cast<void>(std::invoke(*static_cast<F*>(object), tx)); }) {}

  void operator()(Tx& tx) const { call_(object_, tx); }

 private:
  void* object_;
  void (*call_)(void*, Tx&);
};

}  // namespace waybill::postgres
