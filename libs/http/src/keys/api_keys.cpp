#include "waybill/http/api_keys.hpp"

#include <openssl/crypto.h>

#include <algorithm>

#include "keys/key_file.hpp"
#include "keys/key_text.hpp"
#include "waybill/runtime/text_file.hpp"

namespace waybill::http {
namespace {

constexpr std::size_t most_file_bytes = 1024 * 1024;

runtime::Problems key_problems(std::vector<std::string> lines, const std::string& path) {
  return {.lines = std::move(lines), .of = "the file of API keys, " + path + ","};
}

}  // namespace

struct ApiKeys::Entry : KeyEntry {};

bool ApiKey::has_scope(std::string_view scope) const {
  return std::ranges::find(scopes, scope) != scopes.end();
}

boost::system::result<ApiKeys, runtime::Problems> ApiKeys::load(const std::string& path,
                                                                Development development) {
  const auto text = runtime::read_text_file(path, most_file_bytes);
  if (!text) return key_problems({path + ": " + text.error().why()}, path);
  return parse(*text, path, development);
}

boost::system::result<ApiKeys, runtime::Problems> ApiKeys::parse(std::string_view text,
                                                                 const std::string& path,
                                                                 Development development) {
  auto file = read_key_file(text, path, development == Development::allowed);
  if (!file.problems.empty()) return key_problems(std::move(file.problems), path);
  std::vector<Entry> entries;
  entries.reserve(file.entries.size());
  for (auto& entry : file.entries) entries.push_back({std::move(entry)});
  std::ranges::sort(entries, {}, [](const Entry& entry) -> const std::string& { return entry.key.id; });
  return ApiKeys(std::move(entries));
}

ApiKeys::ApiKeys(std::vector<Entry> entries) : entries_(std::move(entries)) {}
ApiKeys::~ApiKeys() = default;
ApiKeys::ApiKeys(ApiKeys&&) noexcept = default;
ApiKeys& ApiKeys::operator=(ApiKeys&&) noexcept = default;

const ApiKey* ApiKeys::find(std::string_view presented) const {
  // A key of an unknown client costs what a wrong one of a known client does: both are hashed and compared.
  static const Entry nobody{};
  const auto hash = sha256(presented);
  const auto id = id_in_key(presented).value_or(std::string_view{});
  const auto found = std::ranges::lower_bound(
      entries_, id, {}, [](const Entry& entry) -> std::string_view { return entry.key.id; });
  const bool is_known = found != entries_.end() && found->key.id == id;
  const Entry& entry = is_known ? *found : nobody;
  const bool is_same = CRYPTO_memcmp(hash.data(), entry.sha256.data(), hash.size()) == 0;
  return is_known && is_same ? &entry.key : nullptr;
}

std::vector<const ApiKey*> ApiKeys::all() const {
  std::vector<const ApiKey*> keys;
  keys.reserve(entries_.size());
  for (const auto& entry : entries_) keys.push_back(&entry.key);
  return keys;
}

}  // namespace waybill::http
