#pragma once

#include <boost/system/result.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "waybill/http/headers.hpp"
#include "waybill/http/problem.hpp"
#include "waybill/resilience/token_bucket.hpp"
#include "waybill/runtime/problems.hpp"

namespace waybill::http {

/// What is known of a client by its key. The key itself is not.
struct ApiKey {
  std::string id{};
  std::vector<std::string> scopes{};
  resilience::RateLimit rate{};
  bool is_development = false;

  bool has_scope(std::string_view scope) const;
};

/// The keys by which clients are known: a file of their hashes.
///
///   {"keys": [{"id": "shop-web", "sha256": "<64 hex digits>", "scopes": ["orders:write"],
///              "rate": {"requests": 100, "per": "1s", "burst": 200}, "development": false}]}
///
/// `rate` may be left out (100 a second), its `burst` too (as many as `requests`), and `development`. The
/// hash is that of the whole key, as new_api_key() gives it.
///
/// Promises: what is not known in the file, is missing, malformed or there twice is refused, with its line;
/// a development key, which many people know, is refused unless it is allowed. How long find() takes tells
/// nothing of a key but whether its id is known. No message contains a hash or a key.
/// Concurrency: any thread.
class ApiKeys {
 public:
  enum class Development { refused, allowed };

  /// `path` is that of the file, also in what is said of it.
  static boost::system::result<ApiKeys, runtime::Problems> load(const std::string& path,
                                                                Development development);
  static boost::system::result<ApiKeys, runtime::Problems> parse(std::string_view text,
                                                                 const std::string& path,
                                                                 Development development);

  ~ApiKeys();
  ApiKeys(ApiKeys&&) noexcept;
  ApiKeys& operator=(ApiKeys&&) noexcept;

  /// Whose key it is; null when it is nobody's. What is shown lives as long as these keys.
  const ApiKey* find(std::string_view presented) const;
  std::vector<const ApiKey*> all() const;

 private:
  struct Entry;
  explicit ApiKeys(std::vector<Entry> entries);
  std::vector<Entry> entries_;  // in the order of their ids
};

/// A new key for a client, and what to write of it into the file. The key is for the client alone: it is
/// shown once and kept nowhere.
struct NewApiKey {
  std::string text{};    ///< "wb_<id>_<43 characters>"
  std::string sha256{};  ///< 64 hex digits
};
/// Throws std::invalid_argument for an id that no key may have: it takes 1 to 32 lower-case letters, digits
/// and '-', a letter first.
NewApiKey new_api_key(std::string_view id);

/// The key that a request came with, "Authorization: Bearer <key>" or "X-API-Key: <key>"; nothing when it has
/// none. More than one of them is a problem, 400 "key-ambiguous": who put them together may mean either.
boost::system::result<std::optional<std::string_view>, Problem> presented_key(const Headers& headers);

}  // namespace waybill::http
