#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "registry_state.hpp"

namespace waybill::contract {
namespace {

namespace pb = google::protobuf;

// What the pool says is wrong with a file.
class Complaint : public pb::DescriptorPool::ErrorCollector {
 public:
  void AddError(const std::string& file, const std::string& element, const pb::Message*, ErrorLocation,
                const std::string& message) override {
    if (text_.empty()) text_ = file + ": " + element + ": " + message;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

void add_names(const pb::FileDescriptor& file, std::vector<std::string>& names) {
  for (int i = 0; i < file.message_type_count(); ++i)
    if (kind_of(*file.message_type(i))) names.push_back(file.message_type(i)->full_name());
}

}  // namespace

void throw_exception_from_error(const BadDescriptorSet& bad, const boost::source_location&) {
  throw std::runtime_error(bad.problem);
}

// In a set, a file comes after those that it imports, so they can be taken in as they come.
boost::system::result<Registry, BadDescriptorSet> Registry::of_descriptor_sets(
    std::span<const std::string> sets) {
  auto pool = std::make_unique<pb::DescriptorPool>();
  auto state = std::make_shared<State>();
  std::map<std::string, std::string> taken;
  for (const auto& bytes : sets) {
    pb::FileDescriptorSet set;
    if (!set.ParseFromString(bytes)) return BadDescriptorSet{"a descriptor set is none: it does not parse"};
    for (const auto& file : set.file()) {
      const auto [known, is_new] = taken.emplace(file.name(), file.SerializeAsString());
      if (!is_new && known->second != file.SerializeAsString())
        return BadDescriptorSet{file.name() + " is in two descriptor sets, and they differ"};
      if (!is_new) continue;
      Complaint complaint;
      const auto* built = pool->BuildFileCollectingErrors(file, &complaint);
      if (!built) return BadDescriptorSet{complaint.text()};
      add_names(*built, state->names);
    }
  }
  std::ranges::sort(state->names);
  state->pool = std::make_shared<const MessagePool>(std::move(pool));
  return Registry(std::move(state));
}

}  // namespace waybill::contract
