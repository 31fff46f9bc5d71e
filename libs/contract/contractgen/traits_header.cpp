#include "traits_header.hpp"

#include <map>
#include <set>
#include <string_view>

namespace waybill::contractgen {
namespace {

std::string in_cpp(std::string_view protobuf_name) {
  std::string name;
  for (const char letter : protobuf_name) {
    if (letter == '.') {
      name += "::";
    } else {
      name += letter;
    }
  }
  return name;
}

// Namespaces with the classes that are declared in each.
std::map<std::string, std::set<std::string>> classes_of(const ContractFile& file) {
  std::map<std::string, std::set<std::string>> classes;
  const auto add = [&](const std::string& name) {
    const auto dot = name.rfind('.');
    const bool has_package = dot != std::string::npos;
    classes[has_package ? in_cpp(name.substr(0, dot)) : ""].insert(has_package ? name.substr(dot + 1) : name);
  };
  for (const auto& contract : file.contracts) {
    add(contract.name);
    for (const auto& reply : contract.replies) add(reply);
  }
  return classes;
}

std::string declarations(const ContractFile& file) {
  std::string text;
  for (const auto& [space, classes] : classes_of(file)) {
    if (!space.empty()) text += "namespace " + space + " {\n";
    for (const auto& name : classes) text += "class " + name + ";\n";
    text += space.empty() ? "\n" : "}  // namespace " + space + "\n\n";
  }
  return text;
}

std::string specialization(const Contract& contract) {
  std::string replies;
  for (const auto& reply : contract.replies) {
    if (!replies.empty()) replies += ", ";
    replies += "::" + in_cpp(reply);
  }
  std::string text = "template <>\nstruct traits<::" + in_cpp(contract.name) + "> {\n";
  text += "  static constexpr std::string_view name = \"" + contract.name + "\";\n";
  text += "  static constexpr Kind kind = Kind::" + contract.kind + ";\n";
  text += "  using replies = types<" + replies + ">;\n";
  return text + "};\n\n";
}

}  // namespace

std::string traits_header_path(const std::string& proto_path) {
  constexpr std::string_view suffix = ".proto";
  const bool is_proto = proto_path.ends_with(suffix);
  return proto_path.substr(0, proto_path.size() - (is_proto ? suffix.size() : 0)) + ".contract.hpp";
}

std::string traits_header(const ContractFile& file) {
  std::string text = "// Made by contractgen of " + file.path + ": change that instead.\n#pragma once\n\n";
  text += "#include \"waybill/contract/traits.hpp\"\n\n";
  text += declarations(file);
  text += "namespace waybill::contract {\n\n";
  for (const auto& contract : file.contracts) text += specialization(contract);
  return text + "}  // namespace waybill::contract\n";
}

}  // namespace waybill::contractgen
