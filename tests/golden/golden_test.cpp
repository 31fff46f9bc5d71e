#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "shop/inventory/v1/inventory.pb.h"
#include "shop/notification/v1/notification.pb.h"
#include "shop/order/v1/order.pb.h"
#include "shop/payment/v1/payment.pb.h"
#include "waybill/contract/codec.hpp"

namespace waybill::contract {
namespace {

namespace pb = google::protobuf;
namespace filesystem = std::filesystem;

const filesystem::path golden = GOLDEN_FOLDER;

std::string bytes_of(const filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Registry shop() {
  std::vector<std::string> sets;
  std::istringstream paths(DESCRIPTOR_SETS);
  for (std::string path; std::getline(paths, path, '|');) sets.push_back(bytes_of(path));
  return Registry::of_descriptor_sets(sets).value();
}

// The registry finds what is linked, and an archive gives only what is named.
const pb::Message* const of_each_file[] = {
    &::shop::inventory::v1::ReserveStock::default_instance(),
    &::shop::notification::v1::NotificationRequested::default_instance(),
    &::shop::order::v1::OrderPlaced::default_instance(),
    &::shop::payment::v1::ChargePayment::default_instance(),
};

message::Envelope golden_envelope(const std::string& name, Encoding encoding) {
  message::Envelope envelope;
  envelope.type = name;
  envelope.content_type = content_type_of(encoding);
  envelope.payload = bytes_of(golden / (name + (encoding == Encoding::json ? ".json" : ".binpb")));
  if (encoding == Encoding::json && envelope.payload.ends_with('\n')) envelope.payload.pop_back();
  return envelope;
}

// The first field that is left out, of the message and of all that it holds; empty when none is.
std::string left_out(const pb::Message& message) {
  const auto& type = *message.GetDescriptor();
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& field = *type.field(i);
    const bool is_list = field.is_repeated();
    if (is_list ? reflection.FieldSize(message, &field) == 0 : !reflection.HasField(message, &field))
      return field.full_name();
    if (field.cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    auto inner = left_out(is_list ? reflection.GetRepeatedMessage(message, &field, 0)
                                  : reflection.GetMessage(message, &field));
    if (!inner.empty()) return inner;
  }
  return {};
}

class GoldenExample : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_NE(of_each_file[0], nullptr); }
};

INSTANTIATE_TEST_SUITE_P(Of, GoldenExample, testing::ValuesIn(shop().names()), [](const auto& one) {
  auto name = one.param;
  std::ranges::replace(name, '.', '_');
  return name;
});

// Somebody's queues and outboxes hold messages as they were written yesterday.
TEST_P(GoldenExample, is_read_and_written_again_to_the_byte) {
  for (const auto encoding : {Encoding::json, Encoding::protobuf}) {
    const Codec codec({.encoding = encoding});
    const auto example = golden_envelope(GetParam(), encoding);
    ASSERT_FALSE(example.payload.empty()) << "proto/golden has no example: write the .json, then run "
                                             "scripts/contracts golden";
    const auto read = codec.decode(example);
    ASSERT_TRUE(read.has_value()) << read.error().to_string();
    message::Envelope written;
    codec.encode(**read, written).value();
    EXPECT_EQ(written.payload, example.payload);
  }
}

TEST_P(GoldenExample, is_the_same_message_in_both_encodings) {
  const Codec codec({.encoding = Encoding::protobuf});
  message::Envelope written;
  const auto read = codec.decode(golden_envelope(GetParam(), Encoding::json));
  ASSERT_TRUE(read.has_value()) << read.error().to_string();
  codec.encode(**read, written).value();
  EXPECT_EQ(written.payload, golden_envelope(GetParam(), Encoding::protobuf).payload);
}

TEST_P(GoldenExample, leaves_no_field_out) {
  const auto read = Codec().decode(golden_envelope(GetParam(), Encoding::json));
  ASSERT_TRUE(read.has_value()) << read.error().to_string();
  EXPECT_EQ(left_out(**read), "");
}

TEST(GoldenExamples, are_of_messages_that_there_are) {
  const auto registry = shop();
  for (const auto& entry : filesystem::directory_iterator(golden))
    EXPECT_TRUE(registry.find(entry.path().stem().string())) << entry.path();
}

}  // namespace
}  // namespace waybill::contract
