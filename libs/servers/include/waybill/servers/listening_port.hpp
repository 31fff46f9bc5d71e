#pragma once

#include <array>
#include <cstdint>

#include "waybill/runtime/file_descriptor.hpp"

namespace waybill::servers {

/// A loopback port that is listened on, for a test that plays the server itself: a free one, unless it is
/// named. What fails is a std::runtime_error.
class ListeningPort {
 public:
  /// Has room for about so many connections that nobody has accepted yet.
  explicit ListeningPort(int room, std::uint16_t number = 0);

  std::uint16_t number() const { return number_; }
  /// The blocking socket to accept from; shutdown() on it ends that from another thread.
  int socket() const { return socket_.get(); }

 private:
  runtime::FileDescriptor socket_;
  std::uint16_t number_ = 0;
};

/// A loopback port that nobody listens at, for a program that is told where to listen; to one process never
/// the same twice in thousands. It lies below those that the kernel gives to outgoing connections: one of
/// these may belong to anybody's connection by the time the program has come to it. Any thread.
std::uint16_t free_port();

/// A port without room for one more connection: connecting to it is neither taken nor refused.
class FullPort {
 public:
  FullPort();
  std::uint16_t number() const { return port_.number(); }

 private:
  ListeningPort port_;
  std::array<runtime::FileDescriptor, 4> fillers_;
};

}  // namespace waybill::servers
