#pragma once

#include <boost/assert/source_location.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace waybill::runtime {

/// All that is wrong with a configuration, or with another file that a process is given. Each is one line
/// that says where, what, and what to do; none contains a secret.
struct Problems {
  std::vector<std::string> lines;
  std::string of = "the configuration";

  std::string to_string() const;
};

/// The same, thrown.
class ConfigurationRefused : public std::runtime_error {
 public:
  explicit ConfigurationRefused(Problems problems)
      : std::runtime_error(problems.to_string()), problems_(std::move(problems)) {}
  const Problems& problems() const noexcept { return problems_; }

 private:
  Problems problems_;
};

/// result<…, Problems>::value() throws ConfigurationRefused.
[[noreturn]] void throw_exception_from_error(const Problems& problems, const boost::source_location& where);

}  // namespace waybill::runtime
