#include "waybill/contract/registry.hpp"

#include <stdexcept>
#include <utility>

#include "registry_state.hpp"

namespace waybill::contract {

Registry::Registry(std::shared_ptr<const State> state) : state_(std::move(state)) {}

Registry Registry::of_program() {
  auto state = std::make_shared<State>();
  state->pool = std::shared_ptr<const MessagePool>(&program_pool(), [](const MessagePool*) {});
  return Registry(std::move(state));
}

Registry Registry::with_alias(std::string_view old_name, std::string_view new_name) const {
  if (!find(new_name))
    throw std::invalid_argument("no contract is called '" + std::string(new_name) + "', so '" +
                                std::string(old_name) + "' cannot be its old name");
  if (find(old_name))
    throw std::invalid_argument("'" + std::string(old_name) +
                                "' is a contract, so it cannot be the old name of '" + std::string(new_name) +
                                "'");
  auto state = std::make_shared<State>(*state_);
  state->aliases.emplace(old_name, current_name(new_name));
  return Registry(std::move(state));
}

std::string_view Registry::current_name(std::string_view name) const {
  const auto alias = state_->aliases.find(name);
  return alias == state_->aliases.end() ? name : std::string_view(alias->second);
}

const Entry* Registry::find(std::string_view name) const { return state_->pool->find(current_name(name)); }

std::vector<std::string> Registry::names() const { return state_->names; }

}  // namespace waybill::contract
