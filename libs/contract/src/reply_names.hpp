#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace waybill::contract {

/// The full names that a reply's name may mean inside of a package, the nearest first, as protobuf looks
/// names up: in the package, in those around it, and at last by itself. A name that begins with a dot means
/// one.
inline std::vector<std::string> candidates_of_reply(std::string_view package, std::string_view name) {
  if (name.starts_with('.')) return {std::string(name.substr(1))};
  std::vector<std::string> candidates;
  for (auto around = package; !around.empty();) {
    candidates.push_back(std::string(around) + '.' + std::string(name));
    const auto dot = around.rfind('.');
    around = dot == std::string_view::npos ? std::string_view{} : around.substr(0, dot);
  }
  candidates.emplace_back(name);
  return candidates;
}

}  // namespace waybill::contract
