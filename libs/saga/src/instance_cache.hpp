#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "waybill/base/uuid.hpp"
#include "waybill/saga/instance.hpp"

namespace waybill::saga {

/// Instances as they were committed last by this process: for a row of the same revision, the server need not
/// write its state as text, and nobody has to read it. Each change of a state has a revision of its own, so
/// what is older than the row is not used. The data is kept as text, so that it is read as it is after a
/// restart. Bounded: the half that was not changed for longest is forgotten. Any thread.
class InstanceCache {
 public:
  explicit InstanceCache(std::size_t most) : most_of_each_(most / 2) {}

  struct Known {
    std::int64_t revision = 0;                   ///< zero: nothing is known
    std::shared_ptr<const Instance> instance{};  ///< without its data
    std::string data{};
  };
  Known find(const base::Uuid& saga) {
    const std::lock_guard lock(mutex_);
    if (const auto found = young_.find(saga); found != young_.end()) return found->second;
    const auto found = old_.find(saga);
    return found == old_.end() ? Known{} : found->second;
  }
  void keep(const base::Uuid& saga, Known known) {
    const std::lock_guard lock(mutex_);
    if (most_of_each_ == 0) return;
    if (young_.size() >= most_of_each_) old_ = std::exchange(young_, {});
    old_.erase(saga);
    young_.insert_or_assign(saga, std::move(known));
  }

 private:
  using Half = std::unordered_map<base::Uuid, Known>;

  const std::size_t most_of_each_;
  std::mutex mutex_;
  Half young_;
  Half old_;
};

}  // namespace waybill::saga
