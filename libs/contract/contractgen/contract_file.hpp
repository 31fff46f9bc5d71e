#pragma once

#include <google/protobuf/descriptor.pb.h>

#include <string>
#include <vector>

namespace waybill::contractgen {

/// A message that has a kind.
struct Contract {
  std::string name;                  ///< full
  std::string kind;                  ///< as waybill::contract::Kind spells it
  std::vector<std::string> replies;  ///< full names
};

/// A .proto file, with what is wrong in it, one sentence each. With problems there is nothing to be made of
/// it.
struct ContractFile {
  std::string path;
  std::vector<Contract> contracts;
  std::vector<std::string> problems;
};

/// Reads one file of a descriptor set that holds it, and all that define its replies.
ContractFile read_contract_file(const google::protobuf::FileDescriptorSet& set, const std::string& path);

}  // namespace waybill::contractgen
