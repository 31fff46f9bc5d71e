#include "waybill/testkit/eventually.hpp"

#include <algorithm>
#include <thread>

#include "waybill/base/deadline.hpp"

namespace waybill::testkit {

testing::AssertionResult eventually(const std::function<bool()>& holds,
                                    const std::function<std::string()>& state,
                                    std::chrono::milliseconds limit) {
  constexpr std::chrono::milliseconds longest_pause{20};
  const auto deadline = base::Deadline::after(limit);
  std::chrono::milliseconds pause{1};
  while (!holds()) {
    if (deadline.passed()) {
      return testing::AssertionFailure() << "it did not hold within " << limit.count() << " ms" << state();
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, longest_pause);
  }
  return testing::AssertionSuccess();
}

testing::AssertionResult eventually(const std::function<bool()>& holds, std::chrono::milliseconds limit) {
  return eventually(
      holds, [] { return std::string(); }, limit);
}

}  // namespace waybill::testkit
