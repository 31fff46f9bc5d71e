#include "registry_state.hpp"

#include <google/protobuf/util/type_resolver_util.h>

#include "waybill/v1/options.pb.h"

namespace waybill::contract {
namespace {

namespace pb = google::protobuf;

constexpr auto any_url_host = "type.googleapis.com";

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

const MessagePool& program_pool() {
  static const MessagePool pool;
  return pool;
}

pb::util::TypeResolver& Registry::State::resolver_for(const pb::Descriptor& type) const {
  return type.file()->pool() == pool->descriptors ? *pool->resolver : *program_pool().resolver;
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
