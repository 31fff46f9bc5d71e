#include "waybill/runtime/sources.hpp"

#include <unistd.h>

#include <string_view>
#include <utility>

#include "waybill/runtime/schema.hpp"

namespace waybill::runtime {
namespace {

constexpr std::string_view option = "--config";
constexpr const char* variable = "WAYBILL_CONFIG";

std::map<std::string, std::string> environment_of_process() {
  std::map<std::string, std::string> environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view pair(*entry);
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos)
      environment.emplace(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return environment;
}

/// Takes each --WORD VALUE and --WORD=VALUE out; the last one counts. Nothing where there is none.
boost::system::result<std::optional<std::string>, Problems> take(std::vector<std::string>& arguments,
                                                                 const std::string& word,
                                                                 const std::string& missing) {
  std::optional<std::string> taken;
  const auto joined = word + "=";
  for (auto at = arguments.begin(); at != arguments.end();) {
    const bool is_joined = at->starts_with(joined);
    if (*at != word && !is_joined) {
      ++at;
      continue;
    }
    if (!is_joined && at + 1 == arguments.end()) return Problems{{missing}};
    taken = is_joined ? at->substr(joined.size()) : *(at + 1);
    at = arguments.erase(at, at + (is_joined ? 1 : 2));
  }
  return taken;
}

}  // namespace

boost::system::result<Sources, Problems> sources_of_process(std::vector<std::string>& arguments) {
  Sources sources{.file = std::nullopt, .environment = environment_of_process()};
  const auto set = sources.environment.find(variable);
  if (set != sources.environment.end()) sources.file = Sources::File{set->second, variable};
  const std::string word(option);
  auto file = take(arguments, word, word + ": names no file; write " + word + " FILE");
  if (!file) return std::move(file).error();
  if (*file) sources.file = Sources::File{**file, word};
  return sources;
}

boost::system::result<Sources, Problems> sources_of_process(std::vector<std::string>& arguments,
                                                            const Schema& schema) {
  auto sources = sources_of_process(arguments);
  if (!sources) return sources;
  for (const auto& section : schema.sections()) {
    for (const auto& setting : section.settings) {
      if (setting.option.empty()) continue;
      auto given = take(arguments, "--" + setting.option,
                        "--" + setting.option + ": has no value; it takes " + setting.accepted);
      if (!given) return std::move(given).error();
      if (*given) sources->options[setting.option] = **std::move(given);
    }
  }
  return sources;
}

}  // namespace waybill::runtime
