#pragma once

#include <map>
#include <optional>
#include <utility>

#include "waybill/simulate/fake_store.hpp"

namespace waybill::simulate {

/// Rows by their key, in a store. They are read at any time, as they were committed; they are changed by the
/// work of a transaction, and are as before when it is undone. One thread; the store outlives it.
template <class Key, class Row>
class FakeTable {
 public:
  explicit FakeTable(FakeStore& store) : store_(store) {}
  FakeTable(const FakeTable&) = delete;
  FakeTable& operator=(const FakeTable&) = delete;

  const std::map<Key, Row>& rows() const { return rows_; }
  bool contains(const Key& key) const { return rows_.contains(key); }
  const Row* find(const Key& key) const {
    const auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : &found->second;
  }

  /// As ON CONFLICT DO NOTHING: false when the key is taken.
  bool insert(const Key& key, Row row) {
    const auto [at, is_new] = rows_.try_emplace(key, std::move(row));
    if (is_new) store_.undo_by([this, key] { rows_.erase(key); });
    return is_new;
  }
  /// Whatever was there.
  void put(const Key& key, Row row) {
    const auto [at, is_new] = rows_.try_emplace(key, row);
    if (is_new) return store_.undo_by([this, key] { rows_.erase(key); });
    store_.undo_by([this, key, before = std::exchange(at->second, std::move(row))] { rows_[key] = before; });
  }
  bool erase(const Key& key) { return take(key).has_value(); }
  /// Removes a row and returns it, if it is there.
  std::optional<Row> take(const Key& key) {
    auto node = rows_.extract(key);
    if (node.empty()) return std::nullopt;
    store_.undo_by([this, key, before = node.mapped()] { rows_.emplace(key, before); });
    return std::move(node.mapped());
  }

 private:
  FakeStore& store_;
  std::map<Key, Row> rows_;
};

}  // namespace waybill::simulate
