#include "waybill/runtime/sources.hpp"

#include <unistd.h>

#include <string_view>

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

}  // namespace

boost::system::result<Sources, Problems> sources_of_process(std::vector<std::string>& arguments) {
  Sources sources{.file = std::nullopt, .environment = environment_of_process()};
  const auto set = sources.environment.find(variable);
  if (set != sources.environment.end()) sources.file = Sources::File{set->second, variable};

  for (auto at = arguments.begin(); at != arguments.end();) {
    const bool joined = at->starts_with(std::string(option) + "=");
    if (*at != option && !joined) {
      ++at;
      continue;
    }
    if (!joined && at + 1 == arguments.end()) {
      return Problems{{std::string(option) + ": names no file; write " + std::string(option) + " FILE"}};
    }
    sources.file = Sources::File{joined ? at->substr(option.size() + 1) : *(at + 1), std::string(option)};
    at = arguments.erase(at, at + (joined ? 1 : 2));
  }
  return sources;
}

}  // namespace waybill::runtime
