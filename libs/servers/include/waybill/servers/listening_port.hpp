#pragma once

#include <array>
#include <cstdint>

#include "waybill/runtime/file_descriptor.hpp"

namespace waybill::servers {

/// A loopback port that is listened on, for a test that plays the server itself: a free one, or that of
/// free_port(). What fails is a std::runtime_error.
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

/// A loopback port for a program that is told where to listen: nobody listens at it, and to nobody else it is
/// given, here or by this function in another process, until this process ends. The program sets
/// SO_REUSEADDR, as servers do. It lies below those that the kernel gives to outgoing connections. Any
/// thread.
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
