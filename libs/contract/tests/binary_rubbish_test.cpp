#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envelopes.hpp"
#include "trial/v1/parcel.contract.hpp"
#include "trial/v1/parcel.pb.h"
#include "waybill/contract/codec.hpp"

namespace waybill::contract {
namespace {

using testing::HasSubstr;
using testing::Not;
using trial::v1::SendParcel;

Result<SendParcel> read_binary(const std::string& bytes) {
  static const Codec codec;
  return codec.decode<SendParcel>(parcel(Encoding::protobuf, bytes));
}

BadPayload binary_problem(const std::string& bytes) {
  const auto read = read_binary(bytes);
  return read.has_error() ? read.error() : BadPayload{BadReason::unknown_type, "", "it was read"};
}

std::string some_bytes() {
  SendParcel parcel;
  parcel.set_parcel_id("secret");
  parcel.set_small(-1);
  parcel.set_weight(1);
  parcel.set_volume(1);
  parcel.add_numbers(300);
  parcel.add_boxes()->mutable_inner()->set_label("secret");
  (*parcel.mutable_counts())["secret"] = 1;
  parcel.mutable_attachment()->PackFrom(parcel.boxes(0));
  parcel.mutable_posted_at()->set_nanos(1);
  return parcel.SerializeAsString();
}

TEST(RubbishBinary, that_ends_at_any_byte_is_read_as_the_whole_of_something_or_refused_in_words) {
  const auto whole = some_bytes();
  ASSERT_TRUE(read_binary(whole).has_value());
  int refused = 0;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto read = read_binary(whole.substr(0, length));
    if (!read.has_error()) continue;
    ++refused;
    ASSERT_EQ(read.error().reason, BadReason::unreadable) << length;
    ASSERT_THAT(read.error().to_string(), Not(HasSubstr("secret")));
  }
  EXPECT_GT(refused, static_cast<int>(whole.size()) / 2);
}

TEST(RubbishBinary, with_any_one_byte_changed_ends_in_a_message_or_in_words) {
  const auto whole = some_bytes();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      auto bytes = whole;
      bytes[at] = static_cast<char>(byte);
      const auto read = read_binary(bytes);
      if (!read.has_error()) continue;
      ASSERT_THAT(read.error().problem, Not(HasSubstr("secret")));
    }
  }
}

TEST(RubbishBinary, says_what_is_wrong_and_where) {
  EXPECT_EQ(binary_problem("\x80").problem, "a number does not end, at byte 0 of 1");
  EXPECT_EQ(binary_problem(repeated("\xFF", 20)).problem, "a number does not end, at byte 0 of 20");
  EXPECT_EQ(binary_problem("\x0A\x05z").problem, "a field is cut short, at byte 2 of 3");
  EXPECT_EQ(binary_problem("\x2D\x01").problem, "a field is cut short, at byte 1 of 2");
  EXPECT_EQ(binary_problem("\x02").problem, "a field has no possible number, at byte 1 of 1");
  EXPECT_EQ(binary_problem("\x0E").problem, "a field has no possible type, at byte 1 of 1");
  EXPECT_EQ(binary_problem("\x0C").problem, "a group ends that did not begin, at byte 1 of 1");
  EXPECT_EQ(binary_problem("\xE3\x02").problem, "a group does not end, at byte 2 of 2");
  EXPECT_EQ(binary_problem("\xE3\x02\xEC\x02").problem, "a group ends that did not begin, at byte 4 of 4");
}

TEST(RubbishBinary, that_claims_more_bytes_than_there_are_costs_no_memory_for_them) {
  const std::string claims = "\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01";
  EXPECT_EQ(binary_problem(claims).reason, BadReason::unreadable);
  EXPECT_EQ(binary_problem("\x0A\xFF\xFF\xFF\xFF\x07z").reason, BadReason::unreadable);
  EXPECT_EQ(binary_problem("\x52\xFF\xFF\xFF\xFF\x07\x01").reason, BadReason::unreadable);
}

TEST(RubbishBinary, that_is_not_utf8_names_the_field_of_the_contract) {
  const auto problem = binary_problem("\x0A\x02\xC3\x28");
  EXPECT_EQ(problem.reason, BadReason::invalid_utf8);
  EXPECT_EQ(problem.problem, "trial.v1.SendParcel.parcel_id is not UTF-8");
  EXPECT_EQ(binary_problem("\x5A\x03\x0A\x01\xFF").problem, "trial.v1.Box.label is not UTF-8");
  EXPECT_EQ(binary_problem("\x62\x03\x0A\x01\xFF").problem,
            "trial.v1.SendParcel.CountsEntry.key is not UTF-8");
  EXPECT_TRUE(read_binary("\x42\x01\xFF").has_value());  // bytes may be any
}

TEST(RubbishBinary, is_not_what_an_older_or_a_newer_sender_writes) {
  const std::string unknown =
      "\xA0\x06\x05\xA2\x06\x02\xFF\xFF\xA3\x06\x08\x01\xA4\x06";  // field 100, thrice
  const auto read = read_binary(some_bytes() + unknown);
  ASSERT_TRUE(read.has_value()) << read.error().to_string();
  EXPECT_EQ(read->SerializeAsString().size(), some_bytes().size() + unknown.size());
  EXPECT_EQ(read_binary("\x48\x4D")->colour(), 77);
  EXPECT_TRUE(read_binary("").has_value());
}

// A field of another wire type is one that the contract does not know.
TEST(RubbishBinary, is_not_a_field_whose_type_has_changed) {
  const auto read = read_binary("\x08\x01\x12\x01\xFF\x70\x05");
  ASSERT_TRUE(read.has_value()) << read.error().to_string();
  EXPECT_EQ(read->parcel_id(), "");
  EXPECT_FALSE(read->has_outermost());
}

}  // namespace
}  // namespace waybill::contract
