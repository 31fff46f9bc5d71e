#include "waybill/contract/registry.hpp"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "envelopes.hpp"
#include "trial/v1/parcel.contract.hpp"
#include "trial/v1/parcel.pb.h"
#include "waybill/contract/codec.hpp"

namespace waybill::contract {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string trial_set() {
  std::ifstream in(CONTRACT_TRIALS_SET, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Registry of_set(const std::string& set) { return Registry::of_descriptor_sets({{set}}).value(); }

void expect_send_parcel(const Registry& registry) {
  const auto* entry = registry.find("trial.v1.SendParcel");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->name, "trial.v1.SendParcel");
  EXPECT_EQ(entry->kind, Kind::command);
  EXPECT_THAT(entry->replies, ElementsAre("trial.v1.ParcelSent", "trial.v2.ParcelReturned"));
  ASSERT_NE(entry->prototype, nullptr);
  EXPECT_EQ(entry->prototype->GetTypeName(), entry->name);
}

TEST(ARegistry, finds_the_contracts_of_the_program) {
  expect_send_parcel(Registry::of_program());
  EXPECT_EQ(Registry::of_program().find("trial.v1.ParcelLost")->kind, Kind::event);
  EXPECT_EQ(Registry::of_program().find("trial.v1.ParcelSent")->kind, Kind::reply);
  EXPECT_EQ(Registry::of_program().find("trial.v2.ParcelReturned")->kind, Kind::refusal);
}

TEST(ARegistry, finds_the_contracts_of_a_descriptor_set_and_lists_them) {
  const auto registry = of_set(trial_set());
  expect_send_parcel(registry);
  EXPECT_THAT(registry.names(),
              ElementsAre("trial.v1.ParcelLost", "trial.v1.ParcelSent", "trial.v1.SendParcel",
                          "trial.v2.ParcelMislaid", "trial.v2.ParcelReturned"));
}

TEST(ARegistry, finds_nothing_else) {
  for (const auto& registry : {Registry::of_program(), of_set(trial_set())}) {
    for (const auto* name : {"", "trial.v1.Box", "trial.v1", "google.protobuf.Any", "trial.v1.Colour"})
      EXPECT_EQ(registry.find(name), nullptr) << name;
  }
}

// A tool shows the dead letters of services that it was not compiled with.
TEST(ARegistry, of_a_descriptor_set_serves_a_codec_as_the_generated_code_does) {
  trial::v1::SendParcel parcel;
  parcel.set_parcel_id("p");
  parcel.mutable_attachment()->PackFrom(trial::v1::ParcelLost::default_instance());
  const Codec generated({.encoding = Encoding::protobuf});
  const Codec dynamic({.encoding = Encoding::protobuf}, of_set(trial_set()));
  message::Envelope envelope;
  generated.encode(parcel, envelope).value();
  const auto read = dynamic.decode(envelope);
  ASSERT_TRUE(read.has_value()) << read.error().to_string();
  message::Envelope again;
  dynamic.encode(**read, again).value();
  EXPECT_TRUE(again == envelope);
  EXPECT_EQ(name_of(**read), "trial.v1.SendParcel");
  EXPECT_EQ(dynamic.render(envelope, 4096)->text, generated.render(envelope, 4096)->text);
  EXPECT_EQ(dynamic.decode<trial::v1::SendParcel>(envelope)->parcel_id(), "p");
}

TEST(ARegistry, of_descriptor_sets_does_not_keep_a_codec_from_generated_classes) {
  const Codec codec({}, Registry::of_descriptor_sets({}).value());
  trial::v1::SendParcel parcel;
  parcel.mutable_outermost()->set_label("x");
  message::Envelope envelope;
  codec.encode(parcel, envelope).value();
  EXPECT_EQ(codec.decode<trial::v1::SendParcel>(envelope)->outermost().label(), "x");
  EXPECT_EQ(outcome_of(codec.decode(envelope)), "unknown type");
}

TEST(ARegistry, takes_several_sets_that_share_files) {
  google::protobuf::FileDescriptorSet set;
  ASSERT_TRUE(set.ParseFromString(trial_set()));
  auto fewer = set;
  fewer.mutable_file()->RemoveLast();
  const std::string sets[] = {fewer.SerializeAsString(), trial_set(), trial_set()};
  EXPECT_EQ(Registry::of_descriptor_sets(sets)->names().size(), 5U);
}

TEST(ARegistry, refuses_sets_that_do_not_agree_or_are_not_whole) {
  google::protobuf::FileDescriptorSet set;
  ASSERT_TRUE(set.ParseFromString(trial_set()));
  auto other = set;
  other.mutable_file()->rbegin()->mutable_message_type(0)->set_name("Other");
  const std::string differing[] = {set.SerializeAsString(), other.SerializeAsString()};
  EXPECT_THAT(Registry::of_descriptor_sets(differing).error().problem, HasSubstr("they differ"));
  set.mutable_file()->erase(set.mutable_file()->begin());
  EXPECT_THAT(Registry::of_descriptor_sets({{set.SerializeAsString()}}).error().problem,
              HasSubstr("has not been loaded"));
  EXPECT_THAT(Registry::of_descriptor_sets({{std::string("\xFF")}}).error().problem,
              HasSubstr("does not parse"));
}

TEST(ARegistry, follows_an_alias_and_leaves_the_one_it_was_made_of_alone) {
  const auto program = Registry::of_program();
  const auto registry = program.with_alias("trial.v0.ParcelGone", "trial.v1.ParcelLost");
  EXPECT_EQ(registry.find("trial.v0.ParcelGone")->name, "trial.v1.ParcelLost");
  EXPECT_EQ(registry.current_name("trial.v0.ParcelGone"), "trial.v1.ParcelLost");
  EXPECT_EQ(registry.current_name("trial.v1.ParcelSent"), "trial.v1.ParcelSent");
  EXPECT_EQ(program.find("trial.v0.ParcelGone"), nullptr);
  const auto older = registry.with_alias("trial.v00.ParcelGone", "trial.v0.ParcelGone");
  EXPECT_EQ(older.find("trial.v00.ParcelGone")->name, "trial.v1.ParcelLost");
}

TEST(ARegistry, refuses_an_alias_that_leads_nowhere_or_hides_a_contract) {
  const auto program = Registry::of_program();
  EXPECT_THROW(program.with_alias("trial.v0.ParcelGone", "trial.v1.Nothing"), std::invalid_argument);
  EXPECT_THROW(program.with_alias("trial.v0.ParcelGone", "trial.v1.Box"), std::invalid_argument);
  EXPECT_THROW(program.with_alias("trial.v1.ParcelSent", "trial.v1.ParcelLost"), std::invalid_argument);
}

}  // namespace
}  // namespace waybill::contract
