#include "statements.hpp"

#include <algorithm>

namespace waybill::postgres {

std::size_t Statements::Hash::operator()(const View& view) const noexcept {
  std::size_t hash = std::hash<std::string_view>{}(view.sql);
  for (const TypeId type : view.types) hash = hash * 31 + type;
  return hash;
}

bool Statements::Equal::operator()(const View& left, const View& right) const noexcept {
  return left.sql == right.sql && std::ranges::equal(left.types, right.types);
}

Statements::Statement& Statements::find(std::string_view sql, std::span<const TypeId> types) {
  const auto found = statements_.find(View{sql, types});
  if (found != statements_.end()) return found->second;
  const std::string name = "w" + std::to_string(statements_.size() + 1);
  Key key{.sql = std::string{sql}, .types = {types.begin(), types.end()}};
  return statements_.emplace(std::move(key), Statement{.name = name}).first->second;
}

}  // namespace waybill::postgres
