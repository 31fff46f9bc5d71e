#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "sha256.hpp"
#include "waybill/postgres/migrations.hpp"

namespace waybill::postgres {
namespace {

constexpr std::string_view no_transaction = "-- waybill: no transaction";

bool is_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Migration parse_file(const std::string& module, std::string_view file, std::string_view text) {
  Migration migration;
  const auto* const begin = file.data();
  const auto [end, error] =
      std::from_chars(begin, begin + std::min<std::size_t>(file.size(), 4), migration.number);
  const bool numbered = error == std::errc{} && end == begin + 4 && migration.number > 0;
  if (numbered && file.substr(4).starts_with('_') && file.ends_with(".sql"))
    migration.name = file.substr(5, file.size() - 5 - 4);
  if (!is_name(migration.name)) {
    throw MigrationError("the migrations of " + module + " hold a file \"" + std::string{file} +
                         "\": name it by number and purpose, like 0001_make_tables.sql (a-z, 0-9 and _)");
  }
  migration.sql = text;
  return migration;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream)
    throw MigrationError("cannot read the migration " + path.string() + ": check that it is a readable file");
  return text.str();
}

}  // namespace

std::string MigrationStatus::label() const { return module + " " + Migration{number, name, {}}.label(); }

std::string Migration::label() const {
  std::array<char, 16> digits{};
  const int length = std::snprintf(digits.data(), digits.size(), "%04d", number);
  return std::string(digits.data(), static_cast<std::size_t>(length)) + "_" + name;
}

std::string Migration::checksum() const {
  std::string text = sql;
  std::erase(text, '\r');
  return sha256(text);
}

bool Migration::in_transaction() const {
  for (auto at = sql.find(no_transaction); at != std::string::npos; at = sql.find(no_transaction, at + 1)) {
    const auto end = at + no_transaction.size();
    const bool begins_line = at == 0 || sql[at - 1] == '\n';
    const bool ends_line = end == sql.size() || sql[end] == '\n' || sql[end] == '\r';
    if (begins_line && ends_line) return false;
  }
  return true;
}

Migrations make_migrations(std::string module,
                           std::span<const std::pair<std::string_view, std::string_view>> files) {
  Migrations migrations{.module = std::move(module), .steps = {}};
  for (const auto& [file, text] : files)
    migrations.steps.push_back(parse_file(migrations.module, file, text));
  auto& steps = migrations.steps;
  std::ranges::sort(steps, {}, &Migration::number);
  const auto twice = std::ranges::adjacent_find(steps, {}, &Migration::number);
  if (twice != steps.end()) {
    throw MigrationError("the migrations of " + migrations.module + " have the number " +
                         std::to_string(twice->number) + " twice, in " + twice->label() + " and " +
                         std::next(twice)->label() + ": renumber the newer one");
  }
  return migrations;
}

Migrations read_migrations(std::string module, const std::filesystem::path& directory) {
  std::error_code error;
  std::vector<std::pair<std::string, std::string>> texts;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.path().extension() == ".sql")
      texts.emplace_back(entry.path().filename().string(), read_file(entry.path()));
  }
  if (error) {
    throw MigrationError("cannot read the folder of " + module + "'s migrations, " + directory.string() +
                         ": " + error.message());
  }
  const std::vector<std::pair<std::string_view, std::string_view>> files(texts.begin(), texts.end());
  return make_migrations(std::move(module), files);
}

}  // namespace waybill::postgres
