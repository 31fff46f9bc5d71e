#include "plain_json.hpp"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <memory>
#include <random>
#include <string>

#include "trial/v1/parcel.pb.h"

// What is written the quick way is what protobuf's own writer makes of it, to the byte.

namespace waybill::contract {
namespace {

namespace pb = google::protobuf;
using trial::v1::Box;
using trial::v1::SendParcel;

std::string written_by_protobuf(const pb::Message& message) {
  static const std::unique_ptr<pb::util::TypeResolver> resolver(pb::util::NewTypeResolverForDescriptorPool(
      "type.googleapis.com", pb::DescriptorPool::generated_pool()));
  std::string json;
  const auto url = "type.googleapis.com/" + message.GetDescriptor()->full_name();
  EXPECT_TRUE(pb::util::BinaryToJsonString(resolver.get(), url, message.SerializeAsString(), &json).ok());
  return json;
}

TEST(PlainJson, of_a_message_with_nothing_in_it_is_an_empty_object) {
  EXPECT_EQ(plain_json(SendParcel{}), "{}");
}

TEST(PlainJson, is_what_protobuf_writes_for_every_ascii_character_that_it_takes) {
  int taken = 0;
  for (int c = 0; c < 128; ++c) {
    Box box;
    box.set_label(std::string("a") + static_cast<char>(c) + "z");
    const auto json = plain_json(box);
    if (!json) continue;
    ++taken;
    EXPECT_EQ(*json, written_by_protobuf(box)) << c;
  }
  EXPECT_EQ(taken, '~' - ' ' + 1 - 4);
}

std::string random_text(std::mt19937& random) {
  std::string text;
  for (auto left = random() % 12; left > 0; --left) text.append(1, static_cast<char>(' ' + random() % 95));
  return random() % 4 == 0 ? text : text.substr(0, text.find_first_of("\"\\<>"));
}

void fill(Box& box, std::mt19937& random, int depth) {
  if (random() % 2 == 0) box.set_label(random_text(random));
  if (random() % 2 == 0) box.set_width(static_cast<std::int32_t>(random()));
  if (depth > 0 && random() % 2 == 0) fill(*box.mutable_inner(), random, depth - 1);
  for (auto left = depth > 0 ? random() % 3 : 0; left > 0; --left) fill(*box.add_beside(), random, depth - 1);
}

SendParcel random_parcel(std::mt19937& random) {
  SendParcel parcel;
  if (random() % 2 == 0) parcel.set_parcel_id(random_text(random));
  if (random() % 2 == 0) parcel.set_small(static_cast<std::int32_t>(random()));
  if (random() % 2 == 0) parcel.set_count(static_cast<std::uint32_t>(random()));
  if (random() % 2 == 0) parcel.set_large(static_cast<std::int64_t>(random()) * -2'000'000'011);
  if (random() % 2 == 0) parcel.set_is_fragile(random() % 2 == 0);
  if (random() % 2 == 0) parcel.set_colour(static_cast<trial::v1::Colour>(random() % 2));
  for (auto left = random() % 4; left > 0; --left) parcel.add_numbers(static_cast<std::int32_t>(random()));
  for (auto left = random() % 3; left > 0; --left) fill(*parcel.add_boxes(), random, 2);
  if (random() % 3 == 0) fill(*parcel.mutable_outermost(), random, 3);
  if (random() % 3 == 0) parcel.set_person(random_text(random));
  if (random() % 3 == 0) fill(*parcel.mutable_neighbour(), random, 1);
  return parcel;
}

TEST(PlainJson, is_what_protobuf_writes_for_thousands_of_random_messages) {
  std::mt19937 random(7);
  int taken = 0;
  for (int i = 0; i < 5'000; ++i) {
    const auto parcel = random_parcel(random);
    const auto json = plain_json(parcel);
    if (!json) continue;
    ++taken;
    ASSERT_EQ(*json, written_by_protobuf(parcel));
  }
  EXPECT_GT(taken, 1'000);
}

TEST(PlainJson, is_left_to_protobuf_where_anything_is_difficult) {
  const auto is_left = [](auto change) {
    SendParcel parcel;
    parcel.set_parcel_id("a");
    change(parcel);
    return !plain_json(parcel);
  };
  EXPECT_TRUE(is_left([](SendParcel& parcel) { parcel.set_weight(1); }));
  EXPECT_TRUE(is_left([](SendParcel& parcel) { parcel.set_volume(1); }));
  EXPECT_TRUE(is_left([](SendParcel& parcel) { parcel.set_stamp("a"); }));
  EXPECT_TRUE(is_left([](SendParcel& parcel) { (*parcel.mutable_counts())["a"] = 1; }));
  EXPECT_TRUE(is_left([](SendParcel& parcel) { parcel.mutable_attachment(); }));
  EXPECT_TRUE(is_left([](SendParcel& parcel) { parcel.mutable_notes(); }));
  EXPECT_TRUE(is_left([](SendParcel& parcel) { parcel.mutable_posted_at(); }));
  EXPECT_TRUE(is_left([](SendParcel& parcel) { parcel.set_colour(static_cast<trial::v1::Colour>(7)); }));
  EXPECT_TRUE(is_left([](SendParcel& parcel) { parcel.set_parcel_id("\u00FC"); }));
  EXPECT_TRUE(is_left([](SendParcel& parcel) { parcel.add_boxes()->set_label("\n"); }));
  EXPECT_TRUE(is_left(
      [](SendParcel& parcel) { parcel.GetReflection()->MutableUnknownFields(&parcel)->AddVarint(999, 1); }));
}

}  // namespace
}  // namespace waybill::contract
