#pragma once

#include <gtest/gtest.h>

#include <utility>

#include "prompt.hpp"
#include "waybill/message/publisher.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::amqp::tests {

/// Publishes what the broker does not answer, which has to end as Unknown at its deadline. Whether as sent.
inline bool expires_as_sent(message::Publisher& publisher, message::Publication publication,
                            std::chrono::milliseconds patience = std::chrono::milliseconds{200}) {
  message::Outcome outcome;
  const auto took = time_of([&] {
    outcome = publish_and_wait(publisher, std::move(publication), base::Deadline::after(patience));
  });
  EXPECT_GE(took, patience);
  EXPECT_LT(took, patience + still_prompt);
  const auto* unknown = std::get_if<message::Unknown>(&outcome);
  EXPECT_NE(unknown, nullptr) << outcome;
  return unknown != nullptr && unknown->sent;
}

/// Whether such a publish leaves before it expires, and says so: on a busy machine perhaps not the first.
inline testing::AssertionResult leaves_and_expires(message::Publisher& publisher,
                                                   const message::Publication& publication) {
  return testkit::eventually([&] { return expires_as_sent(publisher, publication); });
}

}  // namespace waybill::amqp::tests
