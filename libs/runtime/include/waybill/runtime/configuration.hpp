#pragma once

#include <any>
#include <boost/system/result.hpp>
#include <map>
#include <memory>
#include <string>

#include "waybill/base/ensure.hpp"
#include "waybill/runtime/problems.hpp"
#include "waybill/runtime/schema.hpp"
#include "waybill/runtime/setting.hpp"
#include "waybill/runtime/sources.hpp"

namespace waybill::runtime {

/// Where a value came from.
struct Origin {
  enum class Kind { by_default, file, environment, secret_file, option };
  Kind kind = Kind::by_default;
  std::string
      where;  ///< path:line, or an option's or a variable's name, or a secret file's path and its variable

  /// "default", "file /etc/waybill.json:3", "environment WAYBILL_HTTP_PORT", "secret file /run/secrets/url
  /// (…)".
  std::string to_string() const;
};

/// The values of all settings of a schema.
///
/// Promises: every setting has a value of its form, or is optional and absent. It never changes, so any
/// thread may read it, and copies share it. to_table() and to_json() show no secret, and the same
/// configuration always looks the same.
class Configuration {
 public:
  struct Entry {
    std::any value;
    std::string shown;
    bool absent = false;
    Origin origin;
  };
  using Entries = std::map<std::string, Entry, std::less<>>;

  explicit Configuration(Entries entries) : entries_(std::make_shared<const Entries>(std::move(entries))) {}

  /// The value of a setting of the schema it was loaded with; of any other it is a bug (ENSURE).
  template <class T>
  const T& operator[](const Setting<T>& setting) const {
    const T* const value = std::any_cast<T>(&find(setting.name()).value);
    ENSURE(value != nullptr, "setting " + setting.name() + " was loaded with another type");
    return *value;
  }
  const Origin& origin_of(const Declaration& setting) const { return find(setting.name).origin; }

  /// Name, value and origin of each setting, ordered by name.
  std::string to_table() const;
  std::string to_json() const;

 private:
  const Entry& find(const std::string& name) const;

  std::shared_ptr<const Entries> entries_;
};

/// Reads the configuration: an option goes before an environment variable, that before the file, the file
/// before the default.
/// WAYBILL_X_FILE names a file that holds a secret; its last line break is cut off.
///
/// Promises: unknown settings and malformed values are refused, also where another source overrides them; all
/// problems are found at once; no message contains a secret.
boost::system::result<Configuration, Problems> load(const Schema& schema, const Sources& sources);

}  // namespace waybill::runtime
