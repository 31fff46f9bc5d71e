#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "waybill/base/ensure.hpp"
#include "waybill/message/envelope.hpp"

namespace waybill::saga_simulation {

/// What a participant keeps of what it was asked, as a table with a key of saga, step and epoch does. It only
/// keeps: to look before acting, and to leave a tombstone where an undo came first, is the participant's
/// part. For the few rows of one history. One thread.
template <class Row>
class Rows {
 public:
  struct Kept {
    message::SagaReference asked;
    Row row;
  };

  Row* find(const message::SagaReference& asked) {
    const auto found = std::ranges::find(kept_, asked, &Kept::asked);
    return found == kept_.end() ? nullptr : &found->row;
  }
  const Row* find(const message::SagaReference& asked) const {
    const auto found = std::ranges::find(kept_, asked, &Kept::asked);
    return found == kept_.end() ? nullptr : &found->row;
  }
  /// As INSERT: twice for one key is a mistake of who does it (ENSURE). The row stays there until the next.
  Row& insert(const message::SagaReference& asked, Row row) {
    ENSURE(find(asked) == nullptr, "a row of this saga, step and epoch is there");
    return kept_.emplace_back(Kept{asked, std::move(row)}).row;
  }

  auto begin() const { return kept_.begin(); }
  auto end() const { return kept_.end(); }

 private:
  std::vector<Kept> kept_;
};

}  // namespace waybill::saga_simulation
