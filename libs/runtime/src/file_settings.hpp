#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "waybill/runtime/form.hpp"

namespace waybill::runtime {

/// One value of a configuration file, and the line on which it stands.
struct FileSetting {
  std::string name;
  Given given;
  int line = 0;
};

struct FileSettings {
  std::vector<FileSetting> settings;
  std::vector<std::string> problems;
  bool complete = true;  ///< false when the rest could not be read, so that what is missing proves nothing
};

/// Reads JSON: objects within objects make dotted names, {"postgres": {"url": …}} as well as {"postgres.url":
/// …}. Numbers and booleans are taken as their text, arrays of such as lists. `path` is for messages, which
/// never contain a value.
FileSettings read_json_settings(std::string_view text, const std::string& path);

}  // namespace waybill::runtime
