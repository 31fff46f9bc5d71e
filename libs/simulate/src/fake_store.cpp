#include "waybill/simulate/fake_store.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

#include "waybill/base/ensure.hpp"

namespace waybill::simulate {

FakeStore::FakeStore(History& history, std::string name) : history_(history), name_(std::move(name)) {}

bool FakeStore::is_away() {
  if (history_.time.now() < away_until_) return true;
  if (!history_.dice.strikes(faults.goes_away)) return false;
  go_away(std::chrono::milliseconds{history_.dice.between(1, faults.longest_away.count())});
  return true;
}

void FakeStore::go_away(std::chrono::milliseconds duration) {
  history_.story.tell(name_, " goes away for ", duration.count(), " ms");
  away_until_ = history_.time.now() + duration;
  for (auto* session : std::vector(sessions_)) session->end();
}

FakeTransaction FakeStore::begin() { return FakeTransaction(*this); }

CommitEnd FakeStore::transact(const Work& work) {
  auto transaction = begin();
  transaction.then(work);
  return transaction.commit();
}

std::unique_ptr<FakeSession> FakeStore::connect(std::string name) {
  return std::make_unique<FakeSession>(*this, std::move(name));
}

std::uint64_t FakeStore::all_ended_below() const { return open_.empty() ? none_from() : open_.front(); }

bool FakeStore::lock(const std::string& name) {
  if (std::ranges::count(locks_, name) > 0) return false;
  locks_.push_back(name);
  return true;
}

void FakeStore::undo_by(Work undo) {
  ENSURE(is_at_work_, "a table is changed by the work of a transaction alone");
  undo_.push_back(std::move(undo));
}

void FakeStore::undo() {
  for (const auto& each : undo_ | std::views::reverse) each();
  undo_.clear();
}

CommitEnd FakeStore::commit(const std::vector<Work>& works, std::uint64_t number) {
  ENSURE(!is_at_work_, "a transaction within the work of another");
  if (is_away()) return CommitEnd::unavailable;
  const bool is_rolled_back = history_.dice.strikes(faults.rolls_back);
  const bool is_in_doubt = !is_rolled_back && history_.dice.strikes(faults.leaves_in_doubt);
  const bool is_made = !is_rolled_back && (!is_in_doubt || history_.dice.chance(50));
  is_at_work_ = true;
  try {
    for (const auto& work : works) work();
  } catch (...) {
    undo();
    is_at_work_ = false;
    throw;
  }
  if (!is_made) undo();
  undo_.clear();
  is_at_work_ = false;
  if (is_rolled_back) history_.story.tell(name_, " rolls back transaction ", number);
  if (is_in_doubt) {
    history_.story.tell(name_, " leaves transaction ", number, " in doubt, ", is_made ? "made" : "not made");
  }
  return is_rolled_back ? CommitEnd::rolled_back : is_in_doubt ? CommitEnd::in_doubt : CommitEnd::committed;
}

FakeTransaction::FakeTransaction(FakeStore& store) : store_(&store), number_(++store.last_number_) {
  store.open_.push_back(number_);
}

FakeTransaction::~FakeTransaction() { roll_back(); }

FakeTransaction::FakeTransaction(FakeTransaction&& other) noexcept
    : store_(std::exchange(other.store_, nullptr)),
      number_(other.number_),
      works_(std::move(other.works_)),
      locks_(std::move(other.locks_)) {}

FakeTransaction& FakeTransaction::operator=(FakeTransaction&& other) noexcept {
  if (this == &other) return *this;
  roll_back();
  store_ = std::exchange(other.store_, nullptr);
  number_ = other.number_;
  works_ = std::move(other.works_);
  locks_ = std::move(other.locks_);
  return *this;
}

bool FakeTransaction::try_lock(const std::string& name) {
  ENSURE(store_ != nullptr, "the transaction is over");
  if (std::ranges::count(locks_, name) > 0) return true;
  if (!store_->lock(name)) return false;
  locks_.push_back(name);
  return true;
}

CommitEnd FakeTransaction::commit() {
  ENSURE(store_ != nullptr, "the transaction is over");
  CommitEnd end{};
  try {
    end = store_->commit(works_, number_);
  } catch (...) {
    roll_back();
    throw;
  }
  roll_back();
  return end;
}

void FakeTransaction::roll_back() {
  if (store_ == nullptr) return;
  for (const auto& name : locks_) store_->unlock(name);
  std::erase(store_->open_, number_);
  store_ = nullptr;
}

FakeSession::FakeSession(FakeStore& store, std::string name) : store_(store), name_(std::move(name)) {
  store.sessions_.push_back(this);
}

FakeSession::~FakeSession() {
  end();
  std::erase(store_.sessions_, this);
}

bool FakeSession::works() {
  if (!is_open_) return false;
  if (store_.is_away() || store_.history_.dice.strikes(store_.faults.ends_sessions)) end();
  return is_open_;
}

bool FakeSession::try_lock(const std::string& name) {
  if (!works()) return false;
  if (std::ranges::count(locks_, name) > 0) return true;
  if (!store_.lock(name)) return false;
  locks_.push_back(name);
  return true;
}

void FakeSession::end() {
  if (!is_open_) return;
  is_open_ = false;
  auto& history = store_.history_;
  if (locks_.empty()) return;
  history.story.tell(name_, ": the session ends");
  auto locks = std::exchange(locks_, {});
  if (!history.dice.strikes(store_.faults.keeps_locks)) {
    for (const auto& name : locks) store_.unlock(name);
    return;
  }
  const auto kept = std::chrono::milliseconds{history.dice.between(1, store_.faults.longest_kept.count())};
  history.time.after(kept, [store = &store_, locks = std::move(locks)] {
    for (const auto& name : locks) store->unlock(name);
  });
}

}  // namespace waybill::simulate
