#include "contract_file.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "reply_names.hpp"
#include "waybill/v1/options.pb.h"

namespace waybill::contractgen {
namespace {

namespace pb = google::protobuf;

using Kinds = std::map<std::string, v1::Kind>;  // of every message that stands by itself

std::string full_name(const pb::FileDescriptorProto& file, const std::string& name) {
  return file.package().empty() ? name : file.package() + "." + name;
}

Kinds kinds_of(const pb::FileDescriptorSet& set) {
  Kinds kinds;
  for (const auto& file : set.file())
    for (const auto& message : file.message_type())
      kinds.emplace(full_name(file, message.name()), message.options().GetExtension(v1::kind));
  return kinds;
}

std::string spelled(v1::Kind kind) {
  switch (kind) {
    case v1::KIND_COMMAND:
      return "command";
    case v1::KIND_EVENT:
      return "event";
    case v1::KIND_REPLY:
      return "reply";
    case v1::KIND_REFUSAL:
      return "refusal";
    default:
      return "";
  }
}

bool is_answer(v1::Kind kind) { return kind == v1::KIND_REPLY || kind == v1::KIND_REFUSAL; }

class Reader {
 public:
  Reader(const pb::FileDescriptorProto& file, const Kinds& kinds) : file_(file), kinds_(kinds) {
    read_.path = file.name();
  }

  ContractFile read() && {
    for (const auto& message : file_.message_type()) {
      take(message);
      refuse_inner_kinds(message, message.name());
    }
    return std::move(read_);
  }

 private:
  void wrong(const std::string& message, const std::string& what) {
    read_.problems.push_back(file_.name() + ": " + message + " " + what);
  }

  void take(const pb::DescriptorProto& message) {
    const auto kind = message.options().GetExtension(v1::kind);
    const int replies = message.options().ExtensionSize(v1::replies);
    if (replies > 0 && kind != v1::KIND_COMMAND)
      return wrong(message.name(),
                   "names replies, and is no command: set its kind to KIND_COMMAND, or drop them");
    if (kind == v1::KIND_UNSPECIFIED) return;
    Contract contract{full_name(file_, message.name()), spelled(kind), {}};
    for (int i = 0; i < replies; ++i)
      take_reply(message.name(), message.options().GetExtension(v1::replies, i), contract);
    refuse_odd_replies(message.name(), contract);
    read_.contracts.push_back(std::move(contract));
  }

  void take_reply(const std::string& message, const std::string& reply, Contract& contract) {
    const auto candidates = contract::candidates_of_reply(file_.package(), reply);
    const auto found =
        std::ranges::find_if(candidates, [&](const auto& name) { return kinds_.contains(name); });
    if (found == candidates.end()) {
      return wrong(message, "names the reply '" + reply +
                                "', which no file defines: correct the name, or add its "
                                "library to the USES of add_contracts()");
    }
    if (!is_answer(kinds_.at(*found))) {
      return wrong(message, "names the reply '" + reply +
                                "', which is neither a reply nor a refusal: set the kind of " + *found +
                                " to KIND_REPLY or KIND_REFUSAL");
    }
    if (std::ranges::count(contract.replies, *found) > 0)
      return wrong(message, "names the reply '" + reply + "' twice");
    contract.replies.push_back(*found);
  }

  void refuse_odd_replies(const std::string& message, const Contract& contract) {
    const auto is_refusal = [&](const auto& name) { return kinds_.at(name) == v1::KIND_REFUSAL; };
    if (!contract.replies.empty() && std::ranges::all_of(contract.replies, is_refusal))
      wrong(message,
            "can be refused but never answered: name a message of KIND_REPLY too, or no replies at all");
  }

  // A type inside of another one cannot be declared without it.
  void refuse_inner_kinds(const pb::DescriptorProto& outer, const std::string& name) {
    for (const auto& inner : outer.nested_type()) {
      const auto inner_name = name + "." + inner.name();
      if (inner.options().GetExtension(v1::kind) != v1::KIND_UNSPECIFIED)
        wrong(inner_name, "has a kind, and stands inside of another message: move it out");
      refuse_inner_kinds(inner, inner_name);
    }
  }

  const pb::FileDescriptorProto& file_;
  const Kinds& kinds_;
  ContractFile read_;
};

}  // namespace

ContractFile read_contract_file(const pb::FileDescriptorSet& set, const std::string& path) {
  const auto file = std::ranges::find(set.file(), path, [](const auto& one) { return one.name(); });
  if (file == set.file().end()) return {path, {}, {path + ": the descriptor set does not hold it"}};
  return Reader(*file, kinds_of(set)).read();
}

}  // namespace waybill::contractgen
