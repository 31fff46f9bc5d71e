#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sha256.hpp"
#include "waybill/http/api_keys.hpp"

namespace waybill::http {

struct KeyEntry {
  ApiKey key{};
  Sha256 sha256{};
};

struct KeyFile {
  std::vector<KeyEntry> entries{};
  std::vector<std::string> problems{};  ///< lines; without any, the entries are whole
};

/// `path` is for messages, which contain no hash.
KeyFile read_key_file(std::string_view text, std::string_view path, bool allows_development);

}  // namespace waybill::http
