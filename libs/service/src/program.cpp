#include "waybill/service/program.hpp"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <iterator>
#include <stdexcept>

#include "waybill/http/api_keys.hpp"
#include "waybill/runtime/crash_point.hpp"
#include "waybill/runtime/near_miss.hpp"
#include "waybill/runtime/problems.hpp"
#include "waybill/runtime/sources.hpp"

namespace waybill::service {
namespace {

constexpr int refused = 2;

using Words = std::vector<std::string>;

std::string help_of(const std::vector<PrintedWord>& prints) {
  constexpr std::size_t width = 15;
  std::string lines;
  for (const auto& each : prints) {
    const auto pad = each.word.size() < width ? width - each.word.size() : 1;
    lines.append("  ").append(each.word).append(pad, ' ').append(each.about).append("\n");
  }
  return lines;
}

void print_help(const Program& program) {
  std::cout
      << "usage: " << program.name << " [--config FILE] [COMMAND]\n\n"
      << program.about << "\n\n"
      << "  run            does its work until SIGTERM; what it does without a command\n"
         "  migrate        brings the tables of its databases up to date\n"
         "  check          says whether it could run: servers, tables, topology\n"
         "  config show    shows the configuration, and where each value comes from; --json\n"
      << (program.has_keys
              ? "  new-key ID     makes a key for a client, and says what to write into the file of keys\n"
              : "")
      << help_of(program.prints) << "  --help, --version\n\n"
      << program.settings.describe();
}

int migrate(const Program& program, const runtime::Configuration& configuration) {
  const auto applied = program.migrate(configuration);
  if (applied.empty()) std::cout << "nothing to do: all tables are up to date\n";
  for (const auto& line : applied) std::cout << "applied " << line << "\n";
  return EXIT_SUCCESS;
}

/// Further lines stand below the first.
std::string indented(std::string_view text, std::size_t columns) {
  std::string out;
  for (const char letter : text) {
    out += letter;
    if (letter == '\n') out.append(columns, ' ');
  }
  return out;
}

int check(const Program& program, const runtime::Configuration& configuration) {
  const auto lines = program.check(configuration);
  std::size_t width = 0;
  for (const auto& line : lines) width = std::max(width, line.subject.size());
  bool is_good = true;
  for (const auto& line : lines) {
    is_good = is_good && line.is_good;
    std::cout << (line.is_good ? "ok    " : "FAIL  ") << line.subject
              << std::string(width - line.subject.size() + 2, ' ') << indented(line.detail, width + 8)
              << "\n";
  }
  std::cout << program.name << (is_good ? " can run\n" : " cannot run\n");
  return is_good ? EXIT_SUCCESS : EXIT_FAILURE;
}

int make_key(const std::string& id) {
  const auto key = http::new_api_key(id);
  std::cout << "the key, which is shown this once:\n  " << key.text
            << "\nfor the file of keys, with the scopes that it is to have:\n  {\"id\": \"" << id
            << "\", \"sha256\": \"" << key.sha256 << "\", \"scopes\": []}\n";
  return EXIT_SUCCESS;
}

[[noreturn]] void refuse(const Words& words, const Program& program) {
  std::string given;
  for (const auto& word : words) given.append(given.empty() ? "" : " ").append(word);
  std::string line = "'" + given + "' is not a command";
  std::vector<std::string> known{"run", "migrate", "check", "config show", "new-key"};
  for (const auto& each : program.prints) known.push_back(each.word);
  if (const auto near = runtime::near_miss(given, known)) line += "; did you mean '" + *near + "'?";
  throw std::invalid_argument(line + "; see --help");
}

int perform(const Words& words, const Program& program, const runtime::Sources& sources) {
  if (program.has_keys && words.size() == 2 && words.front() == "new-key") return make_key(words.back());
  for (const auto& each : program.prints) {
    if (words != Words{each.word}) continue;
    std::cout << each.print();
    return EXIT_SUCCESS;
  }
  const auto is = [&](std::initializer_list<std::string_view> wanted) {
    return std::ranges::equal(words, wanted);
  };
  const bool shows = is({"config", "show"}) || is({"config", "show", "--json"});
  if (!words.empty() && !shows && !is({"run"}) && !is({"migrate"}) && !is({"check"})) refuse(words, program);
  const auto configuration = runtime::load(program.settings, sources).value();
  if (shows) {
    std::cout << (words.size() == 3 ? configuration.to_json() : configuration.to_table());
    return EXIT_SUCCESS;
  }
  if (is({"migrate"})) return migrate(program, configuration);
  if (is({"check"})) return check(program, configuration);
  program.run(configuration);
  return EXIT_SUCCESS;
}

}  // namespace

int run_program(int argc, const char* const* argv, const Program& program) {
  try {
    Words words(argv + 1, argv + argc);
    if (std::ranges::find(words, "--help") != words.end()) {
      print_help(program);
      return EXIT_SUCCESS;
    }
    if (words == Words{"--version"}) {
      std::cout << program.name << " " << program.version << "\n";
      return EXIT_SUCCESS;
    }
    const auto sources = runtime::sources_of_process(words, program.settings).value();
    if (const auto at = sources.environment.find("WAYBILL_CRASH_AT"); at != sources.environment.end()) {
      runtime::arm_crash_point(at->second);
    }
    return perform(words, program, sources);
  } catch (const runtime::ConfigurationRefused& refusal) {
    std::cerr << refusal.what() << "\n";
    return refused;
  } catch (const std::invalid_argument& refusal) {
    std::cerr << program.name << ": " << refusal.what() << "\n";
    return refused;
  } catch (const std::exception& fault) {
    std::cerr << program.name << ": " << fault.what() << "\n";
    return EXIT_FAILURE;
  }
}

}  // namespace waybill::service
