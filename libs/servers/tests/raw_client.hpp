#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "waybill/runtime/file_descriptor.hpp"

namespace waybill::servers::testing {

/// A connection to a loopback port, seen as closely as the kernel shows it. No wait is longer than a limit.
class RawClient {
 public:
  enum class End { none, end, reset };

  static bool refused(std::uint16_t port);

  explicit RawClient(std::uint16_t port);

  /// False when the connection ended first.
  bool send(std::string_view bytes);
  /// Sends until nothing more has been taken for a while, and says how much was.
  std::size_t send_until_blocked();
  /// What came until there were `count` bytes, or the connection's end, or nothing for 10 s.
  std::string receive(std::size_t count);
  /// All that came until the connection's end.
  std::string receive_all();
  /// How the connection ended, which receive() has seen or which comes soon.
  End end();
  /// Whether nothing at all comes for a while.
  bool silent() const;

  void finish_sending();
  /// Closes with a reset.
  void reset();

 private:
  bool wait(short events, std::chrono::milliseconds limit) const;

  runtime::FileDescriptor socket_;
  End end_ = End::none;
};

std::ostream& operator<<(std::ostream& out, RawClient::End end);

}  // namespace waybill::servers::testing
