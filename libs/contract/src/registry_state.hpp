#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/type_resolver.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "waybill/contract/registry.hpp"

namespace waybill::contract {

/// Messages that are known together: those of the program, or those of descriptor sets.
struct MessagePool {
  /// Those that are generated into the program.
  MessagePool();
  /// Those of descriptor sets.
  explicit MessagePool(std::unique_ptr<google::protobuf::DescriptorPool> own);

  // In the order in which they stand on each other.
  std::unique_ptr<google::protobuf::DescriptorPool> own;
  std::unique_ptr<google::protobuf::DynamicMessageFactory> own_factory;
  const google::protobuf::DescriptorPool* descriptors;
  google::protobuf::MessageFactory* factory;
  std::unique_ptr<google::protobuf::util::TypeResolver> resolver;

  /// What is known of a message with a kind; null of any other name. Made once, since every message that goes
  /// or comes asks for it; not of unknown names, which are strangers' and without number.
  const Entry* find(std::string_view name) const;

 private:
  mutable std::shared_mutex mutex_;
  mutable std::map<std::string, Entry, std::less<>> entries_;
};

/// The pool of the generated messages, for all codecs.
const MessagePool& program_pool();

struct Registry::State {
  std::shared_ptr<const MessagePool> pool;
  std::map<std::string, std::string, std::less<>> aliases;  // old name → new name
  std::vector<std::string> names;

  /// The resolver that knows the type and all that it is made of.
  google::protobuf::util::TypeResolver& resolver_for(const google::protobuf::Descriptor& type) const;
  /// The same for what makes messages.
  google::protobuf::MessageFactory& factory_for(const google::protobuf::Descriptor& type) const;

 private:
  const MessagePool& pool_of(const google::protobuf::Descriptor& type) const;
};

/// Whether the message has a kind: only such a one travels by itself.
std::optional<Kind> kind_of(const google::protobuf::Descriptor& type);

}  // namespace waybill::contract
