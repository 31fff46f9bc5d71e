#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "waybill/base/ensure.hpp"
#include "waybill/saga/plan.hpp"

namespace waybill::saga {

/// The definitions that this program knows, by name and version.
class Known {
 public:
  void add(std::shared_ptr<const Plan> plan) {
    names_.push_back(plan->name);
    versions_.push_back(plan->version);
    const bool is_new = plans_.try_emplace({plan->name, plan->version}, plan).second;
    ENSURE(is_new, "a version of a saga has one definition");
  }
  /// Null when it knows none.
  const Plan* find(const std::string& name, int version) const {
    const auto found = plans_.find({name, version});
    return found == plans_.end() ? nullptr : found->second.get();
  }
  const auto& plans() const { return plans_; }
  /// For SQL: name and version, pair by pair.
  const std::vector<std::string>& names() const { return names_; }
  const std::vector<std::int32_t>& versions() const { return versions_; }

 private:
  std::map<std::pair<std::string, int>, std::shared_ptr<const Plan>> plans_;
  std::vector<std::string> names_;
  std::vector<std::int32_t> versions_;
};

}  // namespace waybill::saga
