#include "waybill/contract/registry.hpp"

#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <stdexcept>

#include "registry_state.hpp"
#include "reply_names.hpp"
#include "waybill/v1/options.pb.h"

namespace waybill::contract {
namespace {

namespace pb = google::protobuf;

std::vector<std::string> replies_of(const pb::Descriptor& command, const pb::DescriptorPool& pool) {
  std::vector<std::string> replies;
  for (int i = 0; i < command.options().ExtensionSize(v1::replies); ++i) {
    const auto candidates =
        candidates_of_reply(command.file()->package(), command.options().GetExtension(v1::replies, i));
    const auto found = std::ranges::find_if(
        candidates, [&](const auto& name) { return pool.FindMessageTypeByName(name) != nullptr; });
    // A program that only sends the command need not contain its replies.
    replies.push_back(found == candidates.end() ? candidates.front() : *found);
  }
  return replies;
}

}  // namespace

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

std::optional<Entry> Registry::find(std::string_view name) const {
  const auto* type = state_->pool->descriptors->FindMessageTypeByName(std::string(current_name(name)));
  const auto kind = type ? kind_of(*type) : std::nullopt;
  if (!kind) return std::nullopt;
  return Entry{type->full_name(), *kind, replies_of(*type, *state_->pool->descriptors),
               state_->pool->factory->GetPrototype(type)};
}

std::vector<std::string> Registry::names() const { return state_->names; }

}  // namespace waybill::contract
