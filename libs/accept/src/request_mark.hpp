#pragma once

#include <cstdint>
#include <string>

#include "waybill/http/request.hpp"

namespace waybill::accept {

/// What tells a request from others, and a repeat from another request under the same key.
struct RequestMark {
  std::string client{};
  std::string key{};
  std::int64_t hash = 0;      ///< of client and key
  std::string fingerprint{};  ///< SHA-256 over method, target, content type and body

  bool has_key_of(const RequestMark& other) const {
    return hash == other.hash && key == other.key && client == other.client;
  }
};

/// std::invalid_argument when the database could not keep the client's name.
RequestMark mark_of(const http::Request& request, std::string key);

}  // namespace waybill::accept
