#include <gtest/gtest.h>

#include "envelopes.hpp"
#include "trial/v1/parcel.pb.h"
#include "waybill/base/utf8.hpp"
#include "waybill/contract/codec.hpp"

namespace waybill::contract {
namespace {

constexpr std::size_t dead_letter_bytes = 4096;

message::Envelope binary_parcel(const std::string& id) {
  trial::v1::SendParcel sent;
  sent.set_parcel_id(id);
  return parcel(Encoding::protobuf, sent.SerializeAsString());
}

TEST(Rendering, of_binary_is_its_json) {
  const auto shown = Codec().render(binary_parcel("gr\u00FC\u00DFe"), dead_letter_bytes).value();
  EXPECT_EQ(shown.text, "{\"parcelId\":\"gr\u00FC\u00DFe\"}");
  EXPECT_FALSE(shown.is_cut);
}

TEST(Rendering, is_cut_at_the_limit_between_two_characters) {
  for (const std::string character : {"x", "\u00FC", "\u5C0F", "\U0001F4E6"}) {
    const auto envelope = binary_parcel(repeated(character, 3000));
    const auto whole = Codec().render(envelope, std::size_t{1} << 20).value();
    EXPECT_FALSE(whole.is_cut);
    for (auto most = dead_letter_bytes; most < dead_letter_bytes + 4; ++most) {
      const auto shown = Codec().render(envelope, most).value();
      EXPECT_EQ(shown.is_cut, whole.text.size() > most);
      EXPECT_LE(shown.text.size(), most);
      EXPECT_GT(shown.text.size() + 4, std::min(most, whole.text.size()));
      EXPECT_TRUE(base::is_utf8(shown.text));
      EXPECT_TRUE(whole.text.starts_with(shown.text));
    }
  }
}

// It is dead because nobody could read it, and still somebody has to look at it.
TEST(Rendering, of_json_is_what_arrived_also_when_nobody_can_read_it) {
  const auto unknown = envelope_of("nowhere.v1.Nothing", Encoding::json, R"({"a":1})");
  EXPECT_EQ(Codec().render(unknown, dead_letter_bytes)->text, R"({"a":1})");
  const auto broken = parcel(Encoding::json, "{\"parcelId\":");
  EXPECT_EQ(Codec().render(broken, dead_letter_bytes)->text, "{\"parcelId\":");
  EXPECT_EQ(Codec().render(broken, 3)->text, "{\"p");
  EXPECT_TRUE(Codec().render(broken, 3)->is_cut);
}

TEST(Rendering, of_what_cannot_be_shown_says_why) {
  const auto not_text = parcel(Encoding::json, "\xFF");
  EXPECT_EQ(outcome_of(Codec().render(not_text, dead_letter_bytes)), "invalid UTF-8");
  const auto unknown = envelope_of("nowhere.v1.Nothing", Encoding::protobuf, "");
  EXPECT_EQ(outcome_of(Codec().render(unknown, dead_letter_bytes)), "unknown type");
  const auto broken = parcel(Encoding::protobuf, "\x0A");
  EXPECT_EQ(outcome_of(Codec().render(broken, dead_letter_bytes)), "unreadable");
  const auto far_off = parcel(Encoding::protobuf, "\x8A\x01\x0A\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F");
  EXPECT_EQ(outcome_of(Codec().render(far_off, dead_letter_bytes)), "unreadable");
}

// Legal in binary, and each of them would be a name twice in JSON.
TEST(Rendering, of_what_an_any_holds_says_each_name_once_however_it_was_written) {
  const auto of_small = [](const char* value) { return std::string("\x10") + value; };
  trial::v1::SendParcel sent;
  trial::v1::SendParcel held;
  held.mutable_outermost()->set_label("a");
  held.set_person("somebody");
  auto bytes = of_small("\1") + of_small("\2") + held.SerializeAsString();
  held.Clear();
  held.mutable_outermost()->set_width(3);
  held.mutable_neighbour()->set_label("b");
  bytes += held.SerializeAsString();
  // An Any in two pieces.
  held.Clear();
  held.mutable_attachment()->set_type_url("type.googleapis.com/trial.v1.Box");
  bytes += held.SerializeAsString();
  held.mutable_attachment()->clear_type_url();
  held.mutable_attachment()->set_value("\x10\5\x10\7");
  bytes += held.SerializeAsString();
  sent.mutable_attachment()->set_type_url("type.googleapis.com/trial.v1.SendParcel");
  sent.mutable_attachment()->set_value(bytes);
  const std::string expected =
      R"({"attachment":{"@type":"type.googleapis.com/trial.v1.SendParcel","small":2,)"
      R"("outermost":{"label":"a","width":3},)"
      R"("attachment":{"@type":"type.googleapis.com/trial.v1.Box","width":7},"neighbour":{"label":"b"}}})";
  const auto envelope = parcel(Encoding::protobuf, sent.SerializeAsString());
  EXPECT_EQ(Codec().render(envelope, dead_letter_bytes).value().text, expected);
  message::Envelope written;
  Codec({.encoding = Encoding::json}).encode(sent, written).value();
  EXPECT_EQ(written.payload, expected);
  EXPECT_EQ(outcome_of(Codec().decode(written)), "read");
}

}  // namespace
}  // namespace waybill::contract
