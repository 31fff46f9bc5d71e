#include "keys/key_file.hpp"

#include <chrono>
#include <optional>
#include <set>

#include "keys/key_text.hpp"
#include "waybill/http/json_body.hpp"
#include "waybill/runtime/form.hpp"

namespace waybill::http {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t most_keys = 1'000;
constexpr std::int64_t most_requests = 1'000'000;

std::optional<Sha256> sha256_of_hex(std::string_view text) {
  Sha256 hash{};
  if (text.size() != hash.size() * 2) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = std::string_view("0123456789abcdef").find(text[i]);
    if (digit == std::string_view::npos) return std::nullopt;
    hash[i / 2] = static_cast<std::uint8_t>(hash[i / 2] << 4 | static_cast<std::uint8_t>(digit));
  }
  return hash;
}

std::optional<std::string> checked_id(std::string_view text) {
  return is_key_id(text) ? std::optional<std::string>(text) : std::nullopt;
}

resilience::RateLimit read_rate(JsonObject& rate) {
  static const auto duration = runtime::form::duration(milliseconds{1}, std::chrono::hours{1});
  resilience::RateLimit limit;
  limit.tokens = static_cast<std::uint64_t>(rate.integer("requests", 1, most_requests));
  limit.per = rate.parsed<milliseconds>("per", duration.accepted, [](std::string_view text) {
    const auto per = duration.read(std::string(text));
    return per ? std::optional(*per) : std::nullopt;
  });
  const auto burst = rate.optional_integer("burst", 1, most_requests);
  limit.burst = burst ? static_cast<std::uint64_t>(*burst) : limit.tokens;
  return limit;
}

/// Reads one key after the other, and knows those before.
class KeyReader {
 public:
  explicit KeyReader(bool allows_development) : allows_development_(allows_development) {}

  KeyEntry read(JsonObject& entry) {
    KeyEntry read;
    read.key.id = read_id(entry);
    read.sha256 = read_hash(entry);
    read.key.scopes = read_scopes(entry);
    if (const auto rate = entry.optional_object<resilience::RateLimit>("rate", read_rate))
      read.key.rate = *rate;
    read.key.is_development = entry.optional_boolean("development").value_or(false);
    if (read.key.is_development && !allows_development_) {
      entry.refuse("development",
                   "is true: '" + read.key.id +
                       "' is a key for development, which many people know; take it out, or allow "
                       "such keys where nobody is harmed");
    }
    return read;
  }

 private:
  std::string read_id(JsonObject& entry) {
    auto id = entry.parsed<std::string>("id", "1 to 32 lower-case letters, digits and '-', a letter first",
                                        checked_id);
    const bool is_repeated = !id.empty() && !ids_.insert(id).second;
    if (is_repeated) entry.refuse("id", "is that of another key too; give each its own");
    return id;
  }

  Sha256 read_hash(JsonObject& entry) {
    const auto hash = entry.parsed<Sha256>("sha256", "64 lower-case hex digits", sha256_of_hex);
    const bool is_repeated = hash != Sha256{} && !hashes_.insert(hash).second;
    if (is_repeated) entry.refuse("sha256", "is that of another key too; make a key for each");
    return hash;
  }

  static std::vector<std::string> read_scopes(JsonObject& entry) {
    auto scopes = entry.texts("scopes", {.min = 1, .max = 64}, {.min = 1, .max = 64});
    std::set<std::string_view> seen;
    for (const auto& scope : scopes) {
      if (!is_scope(scope)) entry.refuse("scopes", "has one that is no scope; they are like 'orders:write'");
      if (!seen.insert(scope).second) entry.refuse("scopes", "has one twice");
    }
    return scopes;
  }

  bool allows_development_;
  std::set<std::string> ids_;
  std::set<Sha256> hashes_;
};

}  // namespace

KeyFile read_key_file(std::string_view text, std::string_view path, bool allows_development) {
  // A key that stands where its id or its hash belongs is not told either.
  JsonBody body(text, {.depth = 6, .values = 100'000, .secrets = {"id", "sha256"}});
  KeyReader reader(allows_development);
  KeyFile file;
  file.entries = body.list<KeyEntry>("keys", {.min = 0, .max = most_keys},
                                     [&](JsonObject& entry) { return reader.read(entry); });
  file.problems = body.problem_lines(path);
  return file;
}

}  // namespace waybill::http
