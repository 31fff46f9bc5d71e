#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envelopes.hpp"
#include "trial/v1/parcel.contract.hpp"
#include "trial/v1/parcel.pb.h"
#include "trial/v2/parcel.contract.hpp"
#include "trial/v2/parcel.pb.h"
#include "waybill/contract/codec.hpp"

namespace waybill::contract {
namespace {

using testing::HasSubstr;
using trial::v1::ParcelLost;
using trial::v1::ParcelSent;
using trial::v2::ParcelMislaid;

BadPayload refusal_of(const Codec& codec, const message::Envelope& envelope) {
  const auto read = codec.decode(envelope);
  return read.has_error() ? read.error() : BadPayload{BadReason::unreadable, "", "it was read"};
}

TEST(Refusal, of_a_type_that_no_contract_has) {
  for (const auto* type : {"", "nowhere.v1.Nothing", "trial.v1", ".trial.v1.ParcelSent",
                           "trial.v1.ParcelSent.", "trial::v1::ParcelSent", "\xFF\xFF"}) {
    const auto refusal = refusal_of(Codec(), envelope_of(type, Encoding::json, "{}"));
    EXPECT_EQ(refusal.reason, BadReason::unknown_type) << type;
    EXPECT_EQ(refusal.type, type);
  }
}

TEST(Refusal, of_a_message_that_is_only_a_part_of_others) {
  const auto refusal = refusal_of(Codec(), envelope_of("trial.v1.Box", Encoding::json, "{}"));
  EXPECT_EQ(refusal.reason, BadReason::unknown_type);
  EXPECT_EQ(refusal_of(Codec(), envelope_of("google.protobuf.Struct", Encoding::json, "{}")).reason,
            BadReason::unknown_type);
  message::Envelope envelope;
  const auto written = Codec().encode(trial::v1::Box{}, envelope);
  ASSERT_TRUE(written.has_error());
  EXPECT_EQ(written.error().to_string(),
            "trial.v1.Box is bad (unknown type): it has no kind, so it travels only in others");
}

TEST(Refusal, of_another_message_than_the_expected_one) {
  const auto read = Codec().decode<ParcelSent>(envelope_of("trial.v1.ParcelLost", Encoding::json, "{}"));
  ASSERT_TRUE(read.has_error());
  EXPECT_EQ(read.error().to_string(),
            "trial.v1.ParcelLost is bad (unexpected type): it is not the expected trial.v1.ParcelSent");
}

TEST(Refusal, of_a_content_type_that_is_neither) {
  auto envelope = envelope_of("trial.v1.ParcelSent", Encoding::json, "{}");
  for (const auto* type : {"", "text/plain", "application/xml"}) {
    envelope.content_type = type;
    EXPECT_EQ(refusal_of(Codec(), envelope).reason, BadReason::unknown_content_type) << type;
  }
}

TEST(Refusal, of_a_payload_that_is_not_what_its_content_type_says) {
  const auto json = envelope_of("trial.v1.ParcelSent", Encoding::json, "\x0A\x01x");
  EXPECT_EQ(refusal_of(Codec(), json).reason, BadReason::unreadable);
  const auto binary = envelope_of("trial.v1.ParcelSent", Encoding::protobuf, "{\"parcelId\":\"x\"}");
  EXPECT_EQ(refusal_of(Codec(), binary).reason, BadReason::unreadable);
}

TEST(Refusal, of_a_payload_beyond_the_limit_and_not_of_one_at_it) {
  for (const auto encoding : {Encoding::json, Encoding::protobuf}) {
    ParcelSent sent;
    sent.set_parcel_id(std::string(1'000, 'x'));
    message::Envelope envelope;
    Codec({.encoding = encoding}).encode(sent, envelope).value();
    const auto size = envelope.payload.size();
    const Codec fits({.encoding = encoding, .limits = {.payload_bytes = size}});
    const Codec too_small({.encoding = encoding, .limits = {.payload_bytes = size - 1}});
    EXPECT_TRUE(fits.decode<ParcelSent>(envelope).has_value());
    EXPECT_TRUE(fits.encode(sent, envelope).has_value());
    EXPECT_EQ(outcome_of(too_small.encode(sent, envelope)), "too large");
    const auto refusal = refusal_of(too_small, envelope);
    EXPECT_EQ(refusal.reason, BadReason::too_large);
    EXPECT_EQ(refusal.problem, "its " + std::to_string(size) + " bytes are more than the limit of " +
                                   std::to_string(size - 1));
  }
}

TEST(Refusal, of_more_than_a_mebibyte_where_nothing_else_is_said) {
  const auto large = std::string(std::size_t{1} << 20, ' ') + "{}";
  EXPECT_EQ(refusal_of(Codec(), envelope_of("trial.v1.ParcelSent", Encoding::json, large)).reason,
            BadReason::too_large);
}

// What receivers refuse must not get into an outbox.
TEST(Refusal, to_write_text_that_is_not_utf8) {
  for (const auto encoding : {Encoding::json, Encoding::protobuf}) {
    ParcelSent sent;
    sent.set_parcel_id("\xFF");
    message::Envelope envelope;
    testing::internal::CaptureStderr();
    const auto written = Codec({.encoding = encoding}).encode(sent, envelope);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    ASSERT_TRUE(written.has_error());
    EXPECT_EQ(written.error().problem, "trial.v1.ParcelSent.parcel_id is not UTF-8");
    EXPECT_EQ(envelope.payload, "");
  }
}

TEST(Refusal, to_write_as_json_what_json_cannot_express) {
  trial::v1::SendParcel parcel;
  parcel.mutable_posted_at()->set_seconds(1'000'000'000'000'000);
  message::Envelope envelope;
  testing::internal::CaptureStderr();
  EXPECT_EQ(outcome_of(Codec().encode(parcel, envelope)), "unreadable");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_TRUE(Codec({.encoding = Encoding::protobuf}).encode(parcel, envelope).has_value());
}

// JSON has to spell it out, and nobody could read it; in binary it is bytes.
TEST(Refusal, to_write_as_json_an_any_of_a_type_that_is_not_known) {
  for (const auto* url : {"type.googleapis.com/nowhere.v1.Nothing", "elsewhere.org/trial.v1.Box", "x"}) {
    trial::v1::SendParcel parcel;
    parcel.mutable_attachment()->set_type_url(url);
    message::Envelope envelope;
    EXPECT_EQ(outcome_of(Codec().encode(parcel, envelope)), "unreadable") << url;
    const Codec binary({.encoding = Encoding::protobuf});
    ASSERT_TRUE(binary.encode(parcel, envelope).has_value()) << url;
    EXPECT_EQ(binary.decode<trial::v1::SendParcel>(envelope)->attachment().type_url(), url);
  }
}

TEST(Refusal, is_an_exception_only_for_who_asks_for_the_value) {
  const auto read = Codec().decode<ParcelSent>(envelope_of("trial.v1.ParcelSent", Encoding::json, "["));
  try {
    read.value();
    FAIL() << "there is no value";
  } catch (const BadPayloadError& error) {
    EXPECT_EQ(error.problem().reason, BadReason::unreadable);
    EXPECT_THAT(error.what(), HasSubstr("trial.v1.ParcelSent is bad (unreadable): "));
  }
}

TEST(Refusal, shows_no_more_of_a_strangers_type_than_names_have) {
  const auto refusal = refusal_of(Codec(), envelope_of(std::string(100'000, 'x'), Encoding::json, "{}"));
  EXPECT_LT(refusal.to_string().size(), 300U);
}

// A sender that was not rolled out yet still uses the old name.
TEST(Alias, of_an_old_name_is_read_as_the_new_contract) {
  const Codec codec({}, Registry::of_program().with_alias("trial.v0.ParcelGone", "trial.v2.ParcelMislaid"));
  const auto old = envelope_of("trial.v0.ParcelGone", Encoding::json, R"({"parcelId":"p"})");
  EXPECT_EQ(codec.decode<ParcelMislaid>(old)->parcel_id(), "p");
  EXPECT_EQ((*codec.decode(old))->GetTypeName(), "trial.v2.ParcelMislaid");
  EXPECT_EQ(outcome_of(codec.decode<ParcelLost>(old)), "unexpected type");
  EXPECT_EQ(outcome_of(Codec().decode<ParcelMislaid>(old)), "unexpected type");
}

}  // namespace
}  // namespace waybill::contract
