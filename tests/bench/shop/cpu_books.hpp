#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace waybill::bench {

/// Seconds of processor time since each began.
using CpuSeconds = std::map<std::string, double>;

/// Whose processor time is whose, by /proc: processes of this machine that are known by the port at which
/// they listen, and the sessions of a PostgreSQL server.
class CpuBooks {
 public:
  /// Throws std::runtime_error where nobody listens.
  void watch(const std::string& name, std::uint16_t port);
  /// This process.
  void watch_self(const std::string& name);

  /// Whose session a process is.
  using Sessions = std::function<std::map<pid_t, std::string>()>;
  /// The server's sessions one by one, and what is left of it under its own name.
  void watch_postgres(std::uint16_t port, Sessions sessions);

  CpuSeconds read() const;

 private:
  std::map<std::string, pid_t> processes_;
  pid_t postgres_ = -1;
  Sessions sessions_;
};

/// The port of scheme://user:password@host:port/…
std::uint16_t port_of(const std::string& url);

}  // namespace waybill::bench
