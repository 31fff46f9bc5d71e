#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "waybill/testkit/temporary_directory.hpp"

namespace waybill::servers {

/// Servers of a test's own, in a directory of their own, by scripts/stack. The script ends them when this
/// process ends, however it does.
///
/// Concurrency: any thread; commands run one after the other.
class PrivateStack {
 public:
  /// `what` is what follows `up`.
  explicit PrivateStack(const std::vector<std::string>& what);
  ~PrivateStack();
  PrivateStack(const PrivateStack&) = delete;
  PrivateStack& operator=(const PrivateStack&) = delete;

  /// scripts/stack with these arguments: what it printed. Throws with what it said when it fails.
  std::string run(const std::vector<std::string>& arguments);

  /// A variable of `scripts/stack env`, as of the last `up` or `start`.
  std::string variable(const std::string& name) const;

 private:
  std::string script(const std::vector<std::string>& arguments) const;
  void read_environment();

  testkit::TemporaryDirectory directory_;
  std::mutex running_;
  mutable std::mutex reading_;
  std::map<std::string, std::string> environment_;
};

}  // namespace waybill::servers
