#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "waybill/runtime/setting.hpp"

namespace waybill::runtime {

/// The settings of one module, as it offers them to the services that use it.
struct Section {
  std::string title;
  std::vector<Declaration> settings;
};

/// All that a process can be configured with. Built once, by what wires the process together; then only read.
class Schema {
 public:
  Schema() = default;
  Schema(std::initializer_list<Section> sections);

  /// Two settings of one name, or of one environment variable, are a bug (ENSURE).
  Schema& add(const Section& section);

  /// Names of WAYBILL_ variables that are not settings and belong to somebody else: a whole name, or a
  /// beginning that ends in *. WAYBILL_CONFIG, WAYBILL_CRASH_AT and WAYBILL_STACK_* are there from the start.
  Schema& ignore(std::string pattern);

  const std::vector<Section>& sections() const { return sections_; }
  bool ignores(std::string_view environment_name) const;
  const Declaration* find(std::string_view name) const;

  /// The settings with their variables, defaults and accepted forms, for `--help` and the like.
  std::string describe() const;

 private:
  std::vector<Section> sections_;
  std::vector<std::string> ignored_{"WAYBILL_CONFIG", "WAYBILL_CRASH_AT", "WAYBILL_STACK_*"};
};

}  // namespace waybill::runtime
