#include "waybill/runtime/configuration.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace waybill::runtime {
namespace {

/// The value on one line, so that a table stays one.
std::string on_one_line(const Configuration::Entry& entry) {
  if (entry.absent) return "(not set)";
  std::string text = entry.shown;
  std::ranges::replace_if(
      text, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }, '?');
  return text;
}

std::string row(const std::string& name, std::size_t name_width, const std::string& value,
                std::size_t value_width, const std::string& origin) {
  return name + std::string(name_width - name.size() + 2, ' ') + value +
         std::string(value_width - value.size() + 2, ' ') + origin + "\n";
}

std::string_view kind_name(Origin::Kind kind) {
  switch (kind) {
    case Origin::Kind::by_default:
      return "default";
    case Origin::Kind::file:
      return "file";
    case Origin::Kind::environment:
      return "environment";
    case Origin::Kind::secret_file:
      return "secret file";
    case Origin::Kind::option:
      return "option";
  }
  return {};
}

}  // namespace

std::string Origin::to_string() const {
  return std::string(kind_name(kind)) + (where.empty() ? "" : " ") + where;
}

std::string Configuration::to_table() const {
  std::size_t name_width = std::string_view("NAME").size();
  std::size_t value_width = std::string_view("VALUE").size();
  for (const auto& [name, entry] : *entries_) {
    name_width = std::max(name_width, name.size());
    value_width = std::max(value_width, on_one_line(entry).size());
  }
  std::string table = row("NAME", name_width, "VALUE", value_width, "SOURCE");
  for (const auto& [name, entry] : *entries_) {
    table += row(name, name_width, on_one_line(entry), value_width, entry.origin.to_string());
  }
  return table;
}

std::string Configuration::to_json() const {
  nlohmann::json settings = nlohmann::json::object();
  for (const auto& [name, entry] : *entries_) {
    nlohmann::json& setting = settings[name];
    setting["value"] = entry.absent ? nlohmann::json() : nlohmann::json(entry.shown);
    setting["source"] = kind_name(entry.origin.kind);
    if (!entry.origin.where.empty()) setting["from"] = entry.origin.where;
  }
  return settings.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

const Configuration::Entry& Configuration::find(const std::string& name) const {
  const auto found = entries_->find(name);
  ENSURE(found != entries_->end(), "setting '" + name + "' is not in the schema that was loaded");
  return found->second;
}

}  // namespace waybill::runtime
