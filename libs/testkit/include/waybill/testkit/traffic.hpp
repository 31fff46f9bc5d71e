#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "waybill/message/publisher.hpp"
#include "waybill/message/subscriber.hpp"

namespace waybill::testkit {

/// A publisher and a subscriber of one queue at work at a steady pace, each on a thread of its own, and books
/// of every message: for tests and soaks that break what is between the two.
///
/// It publishes each message once, however that ends, and acknowledges whatever comes. What its books refuse:
/// a publish that ends twice, never, or more than three seconds after its deadline; one that was Confirmed
/// and never comes; a message that comes again in the same session without saying that it is redelivered; and
/// a tag that is settled in another session than its own. Only the latest 50,000 messages are remembered one
/// by one. Does not promise: the pace, when outcomes are late. Concurrency: any thread. Publisher and
/// subscriber outlive it.
class Traffic {
 public:
  struct Plan {
    message::Address to{};
    /// Begins each body; messages of others are acknowledged and not counted.
    std::string name = "traffic";
    std::chrono::microseconds every{2'000};
    /// The deadline of each publish.
    std::chrono::milliseconds patience{2'000};
    /// Beyond it, nothing is published before something has ended.
    std::size_t most_under_way = 200;
    std::size_t body_bytes = 64;
  };

  struct Counts {
    std::size_t published = 0;
    std::size_t under_way = 0;
    std::size_t confirmed = 0;
    std::size_t refused = 0;  ///< nacked or returned
    std::size_t unknown_sent = 0;
    std::size_t unknown_unsent = 0;
    std::size_t consumed = 0;        ///< different messages
    std::size_t consumed_again = 0;  ///< as redelivered, or in another session
    std::size_t sessions = 0;
    std::size_t wrong = 0;
    std::chrono::milliseconds latest{0};  ///< the most that an outcome came after its deadline
  };

  Traffic(message::Publisher& publisher, message::Subscriber& subscriber, Plan plan);
  ~Traffic();
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;

  Counts counts() const;
  /// Whether so many more come to be confirmed, and so many to be consumed, from now on.
  testing::AssertionResult flows(std::size_t more = 20,
                                 std::chrono::milliseconds limit = std::chrono::seconds{60}) const;
  /// Publishes nothing more, waits until every publish has ended and every Confirmed has come, and says what
  /// is wrong with the books.
  testing::AssertionResult adds_up(std::chrono::milliseconds limit = std::chrono::seconds{60});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string to_string(const Traffic::Counts& counts);

}  // namespace waybill::testkit
