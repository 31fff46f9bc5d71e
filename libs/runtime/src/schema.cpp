#include "waybill/runtime/schema.hpp"

#include "waybill/base/ensure.hpp"

namespace waybill::runtime {
namespace {

std::string default_of(const Declaration& setting) {
  if (setting.required) return "required";
  if (!setting.default_text) return "may be left out";
  return "default: " + std::string(setting.secrecy == Secrecy::open ? *setting.default_text : mask);
}

/// The variables that a setting may be given by.
std::vector<std::string> variables_of(const Declaration& setting) {
  const std::string variable = setting.environment_name();
  if (!setting.may_come_from_file()) return {variable};
  return {variable, variable + "_FILE"};
}

}  // namespace

Schema::Schema(std::initializer_list<Section> sections) {
  for (const auto& section : sections) add(section);
}

Schema& Schema::add(const Section& section) {
  sections_.push_back({section.title, {}});
  for (const auto& setting : section.settings) {
    ENSURE(find(setting.name) == nullptr, "setting '" + setting.name + "' is declared twice");
    for (const auto& other_section : sections_) {
      for (const auto& other : other_section.settings) {
        const bool are_apart = setting.option.empty() || setting.option != other.option;
        ENSURE(are_apart, "settings '" + other.name + "' and '" + setting.name + "' are the same option");
        for (const auto& variable : variables_of(other)) {
          for (const auto& claimed : variables_of(setting)) {
            ENSURE(variable != claimed,
                   "settings '" + other.name + "' and '" + setting.name + "' are both given by " + claimed);
          }
        }
      }
    }
    sections_.back().settings.push_back(setting);
  }
  return *this;
}

Schema& Schema::ignore(std::string pattern) {
  ignored_.push_back(std::move(pattern));
  return *this;
}

bool Schema::ignores(std::string_view environment_name) const {
  for (const std::string_view pattern : ignored_) {
    const bool matches = pattern.ends_with('*')
                             ? environment_name.starts_with(pattern.substr(0, pattern.size() - 1))
                             : environment_name == pattern;
    if (matches) return true;
  }
  return false;
}

const Declaration* Schema::find(std::string_view name) const {
  for (const auto& section : sections_) {
    for (const auto& setting : section.settings) {
      if (setting.name == name) return &setting;
    }
  }
  return nullptr;
}

std::string Schema::describe() const {
  std::string text;
  for (const auto& section : sections_) {
    text += (text.empty() ? "" : "\n") + section.title + "\n";
    for (const auto& setting : section.settings) {
      text += "  " + setting.name + " (" + default_of(setting) + ")\n";
      text += "      " + setting.help + "\n";
      text += "      " + setting.accepted + "\n";
      text += "      " + setting.environment_name() + (setting.may_come_from_file() ? "[_FILE]" : "");
      text += setting.option.empty() ? "\n" : " or --" + setting.option + "\n";
    }
  }
  return text;
}

}  // namespace waybill::runtime
