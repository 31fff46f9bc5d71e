#include <algorithm>

#include "file_settings.hpp"
#include "waybill/runtime/configuration.hpp"
#include "waybill/runtime/near_miss.hpp"
#include "waybill/runtime/printable.hpp"
#include "waybill/runtime/text_file.hpp"

namespace waybill::runtime {
namespace {

constexpr std::string_view prefix = "WAYBILL_";
constexpr std::string_view file_suffix = "_FILE";
constexpr std::size_t largest_file = 1 << 20;
constexpr std::size_t largest_secret = 1 << 16;

/// A value for a message: short, on one line, and left out when it might contain a password in a wrong place.
std::string quoted(const Given& given) {
  const std::string text = shown(given);
  if (text.find('@') != std::string::npos) return {};
  return '"' + printable(text) + '"';
}

std::vector<std::string> names_of(const Schema& schema) {
  std::vector<std::string> names;
  for (const auto& section : schema.sections()) {
    for (const auto& setting : section.settings) names.push_back(setting.name);
  }
  std::ranges::sort(names);
  return names;
}

std::string advice(std::string_view given, const std::vector<std::string>& names,
                   std::string_view otherwise) {
  const auto meant = near_miss(given, names);
  return meant ? "; did you mean " + *meant + "?" : "; " + std::string(otherwise);
}

class Loader {
 public:
  Loader(const Schema& schema, const Sources& sources)
      : schema_(schema), sources_(sources), names_(names_of(schema)) {}

  boost::system::result<Configuration, Problems> load() {
    set_defaults();
    if (sources_.file) read_file(*sources_.file);
    read_environment();
    read_options();
    refuse_unknown_variables();
    if (file_complete_) refuse_missing();
    if (!problems_.lines.empty()) return std::move(problems_);
    return Configuration(std::move(entries_));
  }

 private:
  void set_defaults() {
    for (const auto& name : names_) {
      const Declaration& setting = *schema_.find(name);
      if (setting.default_text) {
        put(setting, *setting.default_text, {});
      } else if (!setting.required) {
        entries_[name] = {.value = setting.absent, .shown = "", .absent = true, .origin = {}};
      }
    }
  }

  void read_file(const Sources::File& file) {
    const auto text = read_text_file(file.path, largest_file);
    if (!text) {
      file_complete_ = false;
      problem(file.given_by + ": the configuration file '" + file.path + "' " + text.error().why() +
              "; name a file that is there and may be read");
      return;
    }
    auto read = read_json_settings(*text, file.path);
    file_complete_ = read.complete;
    for (const auto& setting : read.settings) take_from_file(file.path, setting);
    for (auto& line : read.problems) problem(std::move(line));
  }

  void take_from_file(const std::string& path, const FileSetting& given) {
    const std::string where = path + ":" + std::to_string(given.line);
    if (const auto* const setting = schema_.find(given.name)) {
      put(*setting, given.given, {Origin::Kind::file, where});
    } else {
      problem(where + ": there is no setting '" + printable(given.name) + "'" +
              advice(given.name, names_, "remove it"));
    }
  }

  void read_environment() {
    for (const auto& name : names_) {
      const Declaration& setting = *schema_.find(name);
      const std::string variable = setting.environment_name();
      const auto value = variable_value(variable);
      const auto path = setting.may_come_from_file() ? variable_value(variable + "_FILE") : nullptr;
      if (value != nullptr && path != nullptr) {
        refuse_both(setting);
      } else if (value != nullptr) {
        put(setting, *value, {Origin::Kind::environment, variable});
      } else if (path != nullptr) {
        read_secret_file(setting, variable + "_FILE", *path);
      }
    }
  }

  void read_options() {
    for (const auto& name : names_) {
      const Declaration& setting = *schema_.find(name);
      const auto given = sources_.options.find(setting.option);
      if (given == sources_.options.end()) continue;
      put(setting, given->second, {Origin::Kind::option, "--" + setting.option});
    }
  }

  void refuse_both(const Declaration& setting) {
    const std::string variable = setting.environment_name();
    given_.push_back(setting.name);
    problem(variable + " and " + variable + "_FILE: both are set, and " + setting.name +
            " has one value; unset one of the two");
  }

  void read_secret_file(const Declaration& setting, const std::string& variable, const std::string& path) {
    auto secret = read_text_file(path, largest_secret);
    if (!secret) {
      given_.push_back(setting.name);
      problem(variable + ": the secret file '" + path + "' " + secret.error().why() +
              "; name a file that holds nothing but " + setting.name);
      return;
    }
    if (secret->ends_with('\n')) secret->pop_back();
    if (secret->ends_with('\r')) secret->pop_back();
    put(setting, *std::move(secret), {Origin::Kind::secret_file, path + " (" + variable + ")"});
  }

  void refuse_unknown_variables() {
    std::vector<std::string> variables;
    for (const auto& name : names_) {
      const Declaration& setting = *schema_.find(name);
      variables.push_back(setting.environment_name());
      if (setting.may_come_from_file()) variables.push_back(variables.back() + std::string(file_suffix));
    }
    std::ranges::sort(variables);
    for (const auto& [variable, value] : sources_.environment) {
      const bool is_ours = variable.starts_with(prefix) && !schema_.ignores(variable);
      if (is_ours && !std::ranges::binary_search(variables, variable)) refuse_variable(variable, variables);
    }
  }

  void refuse_variable(const std::string& variable, const std::vector<std::string>& variables) {
    if (variable.ends_with(file_suffix)) {
      const std::string plain = variable.substr(0, variable.size() - file_suffix.size());
      if (std::ranges::binary_search(variables, plain)) {
        problem(variable + ": only secrets are read from files; set " + plain + " to the value itself");
        return;
      }
    }
    problem(printable(variable) + ": there is no such setting" + advice(variable, variables, "unset it"));
  }

  void refuse_missing() {
    for (const auto& name : names_) {
      const Declaration& setting = *schema_.find(name);
      const bool was_given = std::ranges::find(given_, name) != given_.end();
      if (setting.required && !was_given) refuse_missing(setting);
    }
  }

  void refuse_missing(const Declaration& setting) {
    const std::string variable = setting.environment_name();
    problem(variable + ": " + setting.name + " is required and not set; set " + variable +
            (setting.may_come_from_file() ? ", or " + variable + "_FILE to a file that holds it," : "") +
            " to " + setting.accepted);
  }

  /// Takes a value, which replaces that of a weaker source, or says what is wrong with it.
  void put(const Declaration& setting, const Given& given, Origin origin) {
    given_.push_back(setting.name);
    auto value = setting.read(given);
    if (!value) {
      const bool may_be_shown = setting.secrecy == Secrecy::open;
      const std::string text = may_be_shown ? quoted(given) : std::string();
      const std::string subject =
          text.empty() ? " has a value, not shown here, that " : " is " + text + ", which ";
      problem(origin.where + ": " + setting.name + subject + value.error().why() + "; set it to " +
              setting.accepted);
      return;
    }
    if (setting.secrecy == Secrecy::secret) value->shown = mask;
    entries_[setting.name] = {std::move(value->value), std::move(value->shown), false, std::move(origin)};
  }

  const std::string* variable_value(const std::string& variable) const {
    const auto found = sources_.environment.find(variable);
    return found == sources_.environment.end() ? nullptr : &found->second;
  }

  void problem(std::string line) { problems_.lines.push_back(std::move(line)); }

  const Schema& schema_;
  const Sources& sources_;
  const std::vector<std::string> names_;
  std::vector<std::string> given_;  // also those whose value was refused
  bool file_complete_ = true;
  Configuration::Entries entries_;
  Problems problems_;
};

}  // namespace

boost::system::result<Configuration, Problems> load(const Schema& schema, const Sources& sources) {
  return Loader(schema, sources).load();
}

}  // namespace waybill::runtime
