#include "waybill/contract/codec.hpp"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "envelopes.hpp"
#include "trial/v1/parcel.contract.hpp"
#include "trial/v1/parcel.pb.h"

namespace waybill::contract {
namespace {

using google::protobuf::util::MessageDifferencer;
using trial::v1::ParcelSent;
using trial::v1::SendParcel;

SendParcel full_parcel() {
  SendParcel parcel;
  parcel.set_parcel_id("Grüße, 小包 \U0001F4E6 \"quoted\" \\ \n");
  parcel.set_small(-17);
  parcel.set_count(4'294'967'295);
  parcel.set_large(9'007'199'254'740'993);  // no double holds it
  parcel.set_weight(0.1);
  parcel.set_volume(2.5F);
  parcel.set_is_fragile(true);
  parcel.set_stamp(std::string("\0\xFF\x80", 3));
  parcel.set_colour(trial::v1::COLOUR_RED);
  parcel.add_numbers(1);
  parcel.add_numbers(0);
  parcel.add_boxes()->set_label("first");
  (*parcel.mutable_counts())["b_a"] = 1;
  (*parcel.mutable_counts())["bA"] = 2;
  (*parcel.mutable_boxes_by_name())["x"].set_width(3);
  parcel.mutable_outermost()->mutable_inner()->mutable_inner()->set_width(9);
  parcel.mutable_attachment()->PackFrom(ParcelSent::default_instance());
  (*parcel.mutable_notes()->mutable_fields())["note"].mutable_list_value()->add_values()->set_bool_value(
      true);
  parcel.mutable_posted_at()->set_seconds(1'700'000'000);
  parcel.mutable_neighbour()->set_label("next door");
  return parcel;
}

Codec codec_of(Encoding encoding) { return Codec({.encoding = encoding, .limits = {}}); }

class EachEncoding : public testing::TestWithParam<Encoding> {
 protected:
  Codec codec_ = codec_of(GetParam());
  message::Envelope envelope_;
};

INSTANTIATE_TEST_SUITE_P(Codec, EachEncoding, testing::Values(Encoding::json, Encoding::protobuf));

TEST_P(EachEncoding, reads_what_it_has_written) {
  const auto sent = full_parcel();
  codec_.encode(sent, envelope_).value();
  EXPECT_EQ(envelope_.type, "trial.v1.SendParcel");
  EXPECT_EQ(envelope_.content_type, content_type_of(GetParam()));
  const auto read = codec_.decode<SendParcel>(envelope_);
  ASSERT_TRUE(read.has_value()) << read.error().to_string();
  EXPECT_TRUE(MessageDifferencer::Equals(sent, *read));
}

TEST_P(EachEncoding, is_read_by_codecs_of_either) {
  codec_.encode(full_parcel(), envelope_).value();
  for (const auto reader : {Encoding::json, Encoding::protobuf})
    EXPECT_TRUE(codec_of(reader).decode<SendParcel>(envelope_).has_value());
}

TEST_P(EachEncoding, reads_the_message_that_the_type_names) {
  codec_.encode(full_parcel(), envelope_).value();
  const auto read = codec_.decode(envelope_);
  ASSERT_TRUE(read.has_value()) << read.error().to_string();
  EXPECT_TRUE(MessageDifferencer::Equals(full_parcel(), **read));
}

// Copies are recognised by their bytes, too.
TEST_P(EachEncoding, writes_the_same_message_as_the_same_bytes) {
  codec_.encode(full_parcel(), envelope_).value();
  for (int i = 0; i < 20; ++i) {
    auto again = full_parcel();
    again.clear_counts();
    (*again.mutable_counts())["bA"] = 2;
    (*again.mutable_counts())["b_a"] = 1;
    message::Envelope copy;
    codec_.encode(again, copy).value();
    ASSERT_EQ(copy.payload, envelope_.payload);
  }
}

TEST_P(EachEncoding, touches_nothing_of_the_envelope_but_the_payloads_own) {
  envelope_.source = "order";
  envelope_.headers["tenant"] = "acme";
  envelope_.payload = "old";
  auto expected = envelope_;
  auto large = full_parcel();
  large.set_parcel_id(std::string(2 << 20, 'x'));
  EXPECT_TRUE(codec_.encode(large, envelope_).has_error());
  EXPECT_TRUE(envelope_ == expected);
  codec_.encode(ParcelSent{}, envelope_).value();
  expected.type = "trial.v1.ParcelSent";
  expected.content_type = content_type_of(GetParam());
  expected.payload = GetParam() == Encoding::json ? "{}" : "";
  EXPECT_TRUE(envelope_ == expected);
}

}  // namespace
}  // namespace waybill::contract
