#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "waybill/runtime/file_descriptor.hpp"

namespace waybill::http::testing {

inline const std::string host = "Host: shop\r\n";

/// Ordinary requests. `fields` are lines that end with CR and LF.
std::string get(const std::string& target, const std::string& fields = "");
std::string post(const std::string& target, const std::string& body, const std::string& fields = "");

/// An answer as it came over the wire.
struct RawAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
};

/// A client that sends whatever bytes it is given, and reads answers. It waits for a minute at most.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);

  RawClient& send(std::string_view bytes);
  /// Sends nothing more, and still reads.
  void end_sending();
  /// The next answer; nothing when the connection ends before, or nothing comes. One to a HEAD request has no
  /// body.
  std::optional<RawAnswer> receive(bool of_head = false);
  /// All that comes until the connection ends.
  std::string receive_rest();
  /// Whether the server has closed, or does within the time.
  bool is_closed();
  /// Bytes until `end` has come, with it.
  std::string receive_until(std::string_view end);

 private:
  bool read_more();
  runtime::FileDescriptor socket_;
  std::string received_;
};

/// One request on a connection of its own.
std::optional<RawAnswer> ask(std::uint16_t port, std::string_view request, bool of_head = false);

}  // namespace waybill::http::testing
