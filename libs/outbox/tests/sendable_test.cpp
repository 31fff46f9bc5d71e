#include "waybill/outbox/sendable.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace waybill::outbox {
namespace {

using message::Address;
using message::Exchange;
using message::RoutingKey;
using message::WireMessage;
using ::testing::HasSubstr;

std::string problem_of(const Address& to, const WireMessage& message) {
  return why_not_sendable(to, message).value_or("none");
}

TEST(Sendable, is_what_keeps_within_the_protocol) {
  WireMessage message;
  message.body = std::string(max_payload_bytes, 'x');
  message.type = std::string(max_name_bytes, 't');
  EXPECT_EQ(problem_of({Exchange{"e"}, RoutingKey{std::string(max_name_bytes, 'k')}}, message), "none");
}

TEST(Sendable, says_which_name_is_too_long) {
  const std::string much(max_name_bytes + 1, 'n');
  EXPECT_THAT(problem_of({Exchange{much}, {}}, {}), HasSubstr("the exchange's name has 256 bytes"));
  EXPECT_THAT(problem_of({{}, RoutingKey{much}}, {}), HasSubstr("the routing key has 256 bytes"));
  WireMessage message;
  message.correlation_id = much;
  EXPECT_THAT(problem_of({}, message), HasSubstr("the correlation id has 256 bytes"));
  message = {};
  message.headers = {{much, true}};
  EXPECT_THAT(problem_of({}, message), HasSubstr("a header's name has 256 bytes"));
}

TEST(Sendable, says_what_is_too_large) {
  WireMessage message;
  message.body = std::string(max_payload_bytes + 1, 'x');
  EXPECT_THAT(problem_of({}, message), HasSubstr("payload has 16777217 bytes"));
  message = {};
  message.headers = {{"h", std::string(max_headers_bytes, 'x')}};
  EXPECT_THAT(problem_of({}, message), HasSubstr("its headers have"));
}

}  // namespace
}  // namespace waybill::outbox
