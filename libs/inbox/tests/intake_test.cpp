#include "intake.hpp"

#include <gtest/gtest.h>

#include "waybill/message/wire_format.hpp"

// What is decided of a message without the database.

namespace waybill::inbox {
namespace {

message::WireMessage nameless() {
  message::WireMessage wire;
  wire.type = "shop.v1.Sell";
  wire.headers = {{"tenant", std::string("blue")}};
  wire.body = "{}";
  return wire;
}

TEST(Fingerprint, of_a_message_without_an_id_is_the_same_however_often_it_comes) {
  auto again = nameless();
  again.headers.emplace_back("x-delivery-count", std::int64_t{3});
  again.headers.emplace_back("x-death", std::string("[]"));
  again.headers.emplace_back("waybill-reason", std::string("unreadable"));
  again.headers.emplace_back("attempt", std::int64_t{2});
  EXPECT_EQ(fingerprint("q", nameless()), fingerprint("q", again));
}

TEST(Fingerprint, tells_messages_apart_by_all_that_is_their_own) {
  auto other_body = nameless();
  other_body.body = "{ }";
  auto other_header = nameless();
  other_header.headers[0].second = std::string("red");
  auto moved = nameless();
  moved.type = "shop.v1.Sel";
  moved.app_id = "l";
  for (const auto& other : {other_body, other_header, moved}) {
    EXPECT_NE(fingerprint("q", nameless()), fingerprint("q", other));
  }
  EXPECT_NE(fingerprint("q", nameless()), fingerprint("p", nameless()));
}

TEST(HashOf, is_of_type_and_payload) {
  EXPECT_NE(hash_of("a", "b"), hash_of("a", "c"));
  EXPECT_NE(hash_of("ab", "c"), hash_of("a", "bc"));
  EXPECT_EQ(hash_of("a", "b"), hash_of("a", "b"));
}

}  // namespace
}  // namespace waybill::inbox
