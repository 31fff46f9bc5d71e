#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "waybill/testkit/temporary_directory.hpp"

namespace waybill::servers {

/// The PEM files of one who can prove who he is.
struct Identity {
  std::string certificate_file;
  std::string key_file;
};

/// A certificate authority of a test's own, whose files are readable by servers that run as another user and
/// are gone with it. Whatever fails is a std::runtime_error. Not thread-safe.
class TestAuthority {
 public:
  TestAuthority();
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;

  const std::string& certificate_file() const { return own_.certificate_file; }

  struct Request {
    /// What it is for: host names, or IP addresses.
    std::vector<std::string> names{"localhost", "127.0.0.1"};
    /// Seconds from now; a certificate that has expired ends in the past.
    std::chrono::seconds valid_from{-3600};
    std::chrono::seconds valid_until{3600};
  };
  Identity issue(const Request& request);
  Identity issue() { return issue(Request{}); }

 private:
  Identity write(const std::string& name, const Request* request);

  testkit::TemporaryDirectory directory_;
  int issued_ = 0;
  Identity own_;
};

}  // namespace waybill::servers
