#include <gtest/gtest.h>

#include "envelopes.hpp"
#include "trial/v1/parcel.contract.hpp"
#include "trial/v1/parcel.pb.h"
#include "waybill/contract/codec.hpp"

namespace waybill::contract {
namespace {

using trial::v1::SendParcel;

constexpr int far_too_deep = 100'000;  // on the stack of any recursive reader

Codec roomy(Encoding encoding = Encoding::json) {
  return Codec({.encoding = encoding, .limits = {.payload_bytes = std::size_t{64} << 20}});
}

std::string outcome(const Codec& codec, const message::Envelope& envelope) {
  return outcome_of(codec.decode<SendParcel>(envelope));
}

std::string read_nested(const std::string& open, const std::string& inmost, const std::string& close,
                        int times) {
  const auto text = repeated(open, times) + inmost + repeated(close, times);
  return outcome(roomy(), parcel(Encoding::json, text));
}

// A length-delimited field around a message, as often as asked for.
std::string wrapped(const std::string& tag, std::string inmost, int times) {
  for (int i = 0; i < times; ++i) {
    std::string length;
    auto rest = inmost.size();
    for (; rest >= 0x80; rest >>= 7) length += static_cast<char>((rest & 0x7F) | 0x80);
    length += static_cast<char>(rest);
    inmost.insert(0, tag + length);
  }
  return inmost;
}

// The two fields of a google.protobuf.Any that holds a SendParcel.
std::string any_type() { return wrapped("\x0A", "type.googleapis.com/trial.v1.SendParcel", 1); }

std::string any_value(const std::string& bytes) { return wrapped("\x12", bytes, 1); }

SendParcel nested_parcel(int messages) {
  SendParcel parcel;
  auto* box = messages > 1 ? parcel.mutable_outermost() : nullptr;
  for (int i = 2; i < messages; ++i) box = box->mutable_inner();
  return parcel;
}

TEST(Depth, of_json_far_beyond_the_limit_is_too_deep_wherever_it_stands) {
  EXPECT_EQ(read_nested(R"({"outermost":)", "{}", "}", far_too_deep), "too deep");
  EXPECT_EQ(read_nested(R"({"unknown":)", "1", "}", far_too_deep), "too deep");
  EXPECT_EQ(read_nested("[", "", "]", far_too_deep), "unreadable");
  for (const auto* field : {"unknown", "numbers", "boxes", "notes", "counts", "small", "attachment"}) {
    const auto head = std::string("{\"") + field + "\":";
    const auto arrays = head + repeated("[", far_too_deep) + repeated("]", far_too_deep) + "}";
    EXPECT_EQ(outcome(roomy(), parcel(Encoding::json, arrays)), "too deep") << field;
    const auto unclosed = head + repeated("[", far_too_deep);
    EXPECT_EQ(outcome(roomy(), parcel(Encoding::json, unclosed)), "too deep") << field;
  }
  const auto values = R"({"notes":{"a":)" + repeated("[", far_too_deep) + repeated("]", far_too_deep) + "}}";
  EXPECT_EQ(outcome(roomy(), parcel(Encoding::json, values)), "too deep");
}

TEST(Depth, of_binary_far_beyond_the_limit_is_too_deep) {
  const auto boxes = wrapped("\x1A", "", 30'000);  // each in the field inner
  EXPECT_EQ(outcome(roomy(), parcel(Encoding::protobuf, wrapped("\x72", boxes, 1))), "too deep");
  const auto groups = repeated("\xA3\x06", far_too_deep);
  EXPECT_EQ(outcome(roomy(), parcel(Encoding::protobuf, groups)), "too deep");
  EXPECT_EQ(outcome(roomy(), parcel(Encoding::protobuf, groups + repeated("\xA4\x06", far_too_deep))),
            "too deep");
}

TEST(Depth, up_to_the_limit_is_read_in_either_encoding_and_one_more_is_not) {
  for (const std::size_t limit : {std::size_t{1}, std::size_t{2}, std::size_t{10}, Limits::deepest}) {
    for (const auto encoding : {Encoding::json, Encoding::protobuf}) {
      const Codec codec({.encoding = encoding, .limits = {.depth = limit}});
      const auto fits = static_cast<int>(limit);
      message::Envelope envelope;
      ASSERT_TRUE(codec.encode(nested_parcel(fits), envelope).has_value()) << limit;
      EXPECT_EQ(outcome(codec, envelope), "read");
      EXPECT_EQ(outcome_of(codec.encode(nested_parcel(fits + 1), envelope)), "too deep");
      const auto deeper = parcel(encoding, encoding == Encoding::protobuf
                                               ? nested_parcel(fits + 1).SerializeAsString()
                                               : "{\"outermost\":" + repeated("{\"inner\":", fits - 1) +
                                                     "{}" + repeated("}", fits - 1) + "}");
      EXPECT_EQ(outcome(codec, deeper), "too deep") << limit;
    }
  }
}

// What is not known is not made binary, so nothing behind the gate would stop it.
TEST(Depth, of_what_the_contract_does_not_know_counts_in_json_too) {
  const Codec codec({.limits = {.depth = 10}});
  const auto nested = [](int objects) {
    return parcel(Encoding::json, repeated("{\"unknown\":", objects - 1) + "{}" + repeated("}", objects - 1));
  };
  EXPECT_EQ(outcome(codec, nested(10)), "read");
  EXPECT_EQ(outcome(codec, nested(11)), "too deep");
}

// In JSON each of them stands in an array besides.
TEST(Depth, of_messages_in_lists_is_that_of_the_messages) {
  SendParcel parcel;
  auto* box = parcel.add_boxes();
  for (std::size_t i = 2; i < Limits::deepest; ++i) box = box->add_beside();
  for (const auto encoding : {Encoding::json, Encoding::protobuf}) {
    message::Envelope envelope;
    ASSERT_TRUE(roomy(encoding).encode(parcel, envelope).has_value());
    EXPECT_EQ(outcome(roomy(), envelope), "read");
  }
}

// protobuf's writer of JSON follows an Any into what it holds without counting.
TEST(Depth, of_messages_in_any_counts_when_they_are_to_be_json) {
  SendParcel parcel;
  for (int i = 0; i < 3'000; ++i) {
    SendParcel outer;
    outer.mutable_attachment()->PackFrom(parcel);
    parcel.Swap(&outer);
  }
  message::Envelope envelope;
  for (const auto encoding : {Encoding::json, Encoding::protobuf})
    EXPECT_EQ(outcome_of(roomy(encoding).encode(parcel, envelope)), "too deep");
  envelope = envelope_of("trial.v1.SendParcel", Encoding::protobuf, parcel.SerializeAsString());
  EXPECT_EQ(outcome_of(roomy().render(envelope, 4096)), "too deep");
}

// protobuf itself writes the type first, but it need not come so.
TEST(Depth, of_messages_in_any_counts_also_when_the_type_comes_last) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) bytes = wrapped("\x7A", any_value(bytes) + any_type(), 1);
  EXPECT_EQ(outcome_of(roomy().render(parcel(Encoding::protobuf, bytes), 4096)), "too deep");
  EXPECT_EQ(outcome(roomy(), parcel(Encoding::protobuf, bytes)), "too deep");
}

// Merged by the reader, the two pieces are one Any.
TEST(Depth, of_an_any_that_comes_in_two_pieces_counts_when_it_is_shown) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) bytes = wrapped("\x7A", any_type() + any_value(bytes), 1);
  bytes = wrapped("\x7A", any_type(), 1) + wrapped("\x7A", any_value(bytes), 1);
  EXPECT_EQ(outcome(roomy(), parcel(Encoding::protobuf, bytes)), "read");
  EXPECT_EQ(outcome_of(roomy().render(parcel(Encoding::protobuf, bytes), 4096)), "too deep");
}

TEST(Depth, of_an_any_in_two_pieces_within_another_counts_when_it_is_shown) {
  std::string bytes;
  for (int i = 0; i < 3'000; ++i) {
    bytes = wrapped("\x7A", any_type(), 1) + wrapped("\x7A", any_value(bytes), 1);
  }
  bytes = wrapped("\x7A", any_type() + any_value(bytes), 1);
  EXPECT_EQ(outcome(roomy(), parcel(Encoding::protobuf, bytes)), "read");
  EXPECT_EQ(outcome_of(roomy().render(parcel(Encoding::protobuf, bytes), 4096)), "too deep");
}

TEST(Depth, can_not_be_set_beyond_what_is_safe) {
  EXPECT_THROW(Codec({.limits = {.depth = Limits::deepest + 1}}), std::invalid_argument);
  EXPECT_THROW(Codec({.limits = {.depth = 0}}), std::invalid_argument);
  EXPECT_THROW(Codec({.limits = {.payload_bytes = 0}}), std::invalid_argument);
  EXPECT_THROW(Codec({.limits = {.payload_bytes = Limits::largest + 1}}), std::invalid_argument);
}

}  // namespace
}  // namespace waybill::contract
