#include "registry_state.hpp"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <algorithm>
#include <mutex>

#include "reply_names.hpp"
#include "waybill/v1/options.pb.h"

namespace waybill::contract {
namespace {

namespace pb = google::protobuf;

constexpr auto any_url_host = "type.googleapis.com";

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

MessagePool::MessagePool()
    : descriptors(pb::DescriptorPool::generated_pool()),
      factory(pb::MessageFactory::generated_factory()),
      resolver(pb::util::NewTypeResolverForDescriptorPool(any_url_host, descriptors)) {}

MessagePool::MessagePool(std::unique_ptr<pb::DescriptorPool> given)
    : own(std::move(given)),
      own_factory(std::make_unique<pb::DynamicMessageFactory>(own.get())),
      descriptors(own.get()),
      factory(own_factory.get()),
      resolver(pb::util::NewTypeResolverForDescriptorPool(any_url_host, descriptors)) {}

const Entry* MessagePool::find(std::string_view name) const {
  {
    const std::shared_lock lock(mutex_);
    const auto found = entries_.find(name);
    if (found != entries_.end()) return &found->second;
  }
  const auto* type = descriptors->FindMessageTypeByName(std::string(name));
  const auto kind = type ? kind_of(*type) : std::nullopt;
  if (!kind) return nullptr;
  Entry entry{type->full_name(), *kind, replies_of(*type, *descriptors), factory->GetPrototype(type)};
  const std::scoped_lock lock(mutex_);
  return &entries_.emplace(type->full_name(), std::move(entry)).first->second;
}

const MessagePool& program_pool() {
  static const MessagePool pool;
  return pool;
}

pb::util::TypeResolver& Registry::State::resolver_for(const pb::Descriptor& type) const {
  return *pool_of(type).resolver;
}

pb::MessageFactory& Registry::State::factory_for(const pb::Descriptor& type) const {
  return *pool_of(type).factory;
}

const MessagePool& Registry::State::pool_of(const pb::Descriptor& type) const {
  return type.file()->pool() == pool->descriptors ? *pool : program_pool();
}

std::optional<Kind> kind_of(const pb::Descriptor& type) {
  switch (type.options().GetExtension(v1::kind)) {
    case v1::KIND_COMMAND:
      return Kind::command;
    case v1::KIND_EVENT:
      return Kind::event;
    case v1::KIND_REPLY:
      return Kind::reply;
    case v1::KIND_REFUSAL:
      return Kind::refusal;
    default:
      return std::nullopt;
  }
}

}  // namespace waybill::contract
