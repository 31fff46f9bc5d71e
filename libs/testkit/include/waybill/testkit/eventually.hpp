#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>

namespace waybill::testkit {

/// Waits until `holds` is true and looks again every few milliseconds, for what happens in another thread or
/// process. It returns as soon as it holds, so that a long limit costs nothing but in a failure:
///   ASSERT_TRUE(eventually([&] { return relay.is_leader(); }));
testing::AssertionResult eventually(const std::function<bool()>& holds,
                                    std::chrono::milliseconds limit = std::chrono::seconds{20});

/// The same, and a failure tells the last of `state`, which is what the reader of a red build needs.
testing::AssertionResult eventually(const std::function<bool()>& holds,
                                    const std::function<std::string()>& state,
                                    std::chrono::milliseconds limit = std::chrono::seconds{20});

}  // namespace waybill::testkit
