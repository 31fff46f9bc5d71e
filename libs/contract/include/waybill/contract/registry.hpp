#pragma once

#include <boost/system/result.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "waybill/contract/kind.hpp"
#include "waybill/contract/payload.hpp"

namespace waybill::contract {

class Codec;

/// Which file of a descriptor set can't be used, and why.
struct BadDescriptorSet {
  std::string problem;
};

[[noreturn]] void throw_exception_from_error(const BadDescriptorSet& bad,
                                             const boost::source_location& where);

/// What is known at run time of the contract of one name.
struct Entry {
  std::string name;  ///< the current full name, also when it was found by an old one
  Kind kind = Kind::event;
  std::vector<std::string> replies;    ///< full names
  const Payload* prototype = nullptr;  ///< an empty message; lives as long as the registry
};

/// Finds contracts by their full names.
///
/// Promises: a name that has no contract, or whose message has no kind, is not found, whatever it is. A copy
/// is another handle of the same registry, and costs nothing. Concurrency: a registry does not change; any
/// thread.
class Registry {
 public:
  /// The contracts whose generated code this program contains; of an archive, that is each file that it names
  /// a message of.
  static Registry of_program();

  /// The contracts of descriptor sets, as protoc and add_contracts() write them with all their imports: with
  /// these, a program reads messages that it was not compiled for. An error says which file of a set is
  /// wrong, and why.
  static boost::system::result<Registry, BadDescriptorSet> of_descriptor_sets(
      std::span<const std::string> sets);

  /// This registry, and an old name for one of its contracts: what still comes under it is read as the new
  /// one. Fails by std::invalid_argument when the new name is not found, or the old one is a contract itself.
  Registry with_alias(std::string_view old_name, std::string_view new_name) const;

  /// Null when there is none of that name; lives as long as the registry.
  const Entry* find(std::string_view name) const;

  /// The current name of a contract that was renamed; any other name as it is.
  std::string_view current_name(std::string_view name) const;

  /// All contracts of the descriptor sets, sorted. A program's own are found by name only: none here.
  std::vector<std::string> names() const;

 private:
  friend class Codec;
  struct State;
  explicit Registry(std::shared_ptr<const State> state);

  std::shared_ptr<const State> state_;
};

}  // namespace waybill::contract
