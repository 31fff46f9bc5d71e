#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "waybill/runtime/file_descriptor.hpp"

namespace waybill::bench {

struct HttpAnswer {
  int status = 0;
  std::string text{};  ///< head and body
};

/// A client's connection to an HTTP server of this machine, by a plain socket, so that what is measured is
/// the server. One request at a time. Throws std::runtime_error for what breaks it.
class KeptConnection {
 public:
  explicit KeptConnection(std::uint16_t port);

  /// For epoll: it can be read when (a part of) an answer is there.
  int descriptor() const { return socket_.get(); }
  void send(const std::string& request);
  /// Reads what is there, waiting for it if there is nothing, and gives the answer when that is whole.
  std::optional<HttpAnswer> receive();

 private:
  runtime::FileDescriptor socket_;
  std::string bytes_;
};

}  // namespace waybill::bench
