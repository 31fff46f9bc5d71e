#include <google/protobuf/descriptor.h>

#include "json_mapping.hpp"

namespace waybill::contract {
namespace {

namespace pb = google::protobuf;

// "(lines[1].quantity): invalid value …" and "lines: Proto field is not …" both begin with where.
std::string_view place_in(std::string_view complaint) {
  const auto end = complaint.find(':');
  if (end == std::string_view::npos) return {};
  auto place = complaint.substr(0, end);
  if (place.starts_with('(') && place.ends_with(')')) place = place.substr(1, place.size() - 2);
  return place;
}

const pb::FieldDescriptor* field_named(const pb::Descriptor& type, std::string_view name) {
  const std::string text{name};
  const auto* field = type.FindFieldByName(text);
  return field ? field : type.FindFieldByCamelcaseName(text);
}

bool is_index(std::string_view text) {
  return text.size() > 2 && text.front() == '[' && text.back() == ']' &&
         text.substr(1, text.size() - 2).find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::string field_path(const pb::Descriptor& type, std::string_view complaint) {
  auto rest = place_in(complaint);
  const pb::Descriptor* message = &type;
  std::string path;
  while (message && !rest.empty()) {
    const auto part = rest.substr(0, rest.find('.'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    const auto name = part.substr(0, part.find('['));
    const auto index = part.substr(name.size());
    const auto* field = field_named(*message, name);
    if (!field) break;
    if (!path.empty()) path += '.';
    path += field->name();
    if (is_index(index)) path += index;
    message = field->message_type();
  }
  return path;
}

}  // namespace waybill::contract
