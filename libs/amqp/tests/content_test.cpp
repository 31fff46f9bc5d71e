#include "wire/content.hpp"
#include "wire/raw_delivery.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "fault.hpp"
#include "wire/bytes.hpp"
#include "wire/frame_reader.hpp"

namespace waybill::amqp {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

message::Publication publication(std::string body) {
  message::WireMessage message;
  message.message_id = "id";
  message.type = "shop.OrderPlaced";
  message.app_id = "order";
  message.correlation_id = "order-17";
  message.reply_to = "order";
  message.content_type = "application/json";
  message.timestamp_s = 1'700'000'000;
  message.headers = {
      {"text", std::string{"t"}}, {"number", std::int64_t{3}}, {"flag", true}, {"ratio", 0.25}};
  message.body = std::move(body);
  return {{message::Exchange{"events"}, message::RoutingKey{"orders"}}, std::move(message)};
}

std::uint64_t number_in(const amqp_basic_properties_t& properties) {
  return find_integer(properties.headers, publish_number_header, 0);
}

void feed(FrameReader& reader, FrameWriter& writer) {
  const auto bytes = writer.buffer().bytes();
  std::memcpy(reader.buffer().room(bytes.size()).data(), bytes.data(), bytes.size());
  reader.buffer().added(bytes.size());
}

void deliver(FrameWriter& writer) {
  amqp_basic_deliver_t method{};
  method.consumer_tag = to_bytes("c");
  method.delivery_tag = 9;
  method.redelivered = 1;
  method.exchange = to_bytes("events");
  method.routing_key = to_bytes("orders");
  writer.method(1, AMQP_BASIC_DELIVER_METHOD, &method);
}

TEST(Content, is_read_as_it_was_written_and_carries_its_publish_number) {
  const auto sent = publication(std::string(200'000, 'b'));
  FrameWriter writer;
  writer.limit_frames(131'072);
  ContentWriter content;
  ASSERT_TRUE(content.write(writer, 1, sent, 77));
  FrameReader reader;
  feed(reader, writer);

  amqp_frame_t frame{};
  ASSERT_TRUE(reader.next(frame));
  const auto& method = *static_cast<amqp_basic_publish_t*>(frame.payload.method.decoded);
  EXPECT_EQ(to_view(method.exchange), "events");
  EXPECT_EQ(to_view(method.routing_key), "orders");
  EXPECT_NE(method.mandatory, 0) << "a message that reaches no queue must come back";
  ASSERT_TRUE(reader.next(frame));
  const auto& properties = *static_cast<amqp_basic_properties_t*>(frame.payload.properties.decoded);
  EXPECT_EQ(number_in(properties), 77U);
  EXPECT_EQ(properties.delivery_mode, AMQP_DELIVERY_PERSISTENT);
  auto read = to_message(properties);
  while (reader.next(frame)) read.body += to_view(frame.payload.body_fragment);
  EXPECT_TRUE(read == sent.message);
}

// A message that is consumed and published again must not keep the number of its first publish.
TEST(Content, has_only_its_own_publish_number) {
  auto again = publication("x");
  again.message.headers.emplace_back(publish_number_header, std::int64_t{1});
  FrameWriter writer;
  writer.limit_frames(131'072);
  ContentWriter content;
  ASSERT_TRUE(content.write(writer, 1, again, 2));
  FrameReader reader;
  feed(reader, writer);
  amqp_frame_t frame{};
  ASSERT_TRUE(reader.next(frame) && reader.next(frame));
  EXPECT_EQ(number_in(*static_cast<amqp_basic_properties_t*>(frame.payload.properties.decoded)), 2U);
}

TEST(Content, whose_headers_fit_into_no_frame_is_not_written) {
  auto large = publication("x");
  large.message.headers.emplace_back("large", std::string(200'000, 'h'));
  FrameWriter writer;
  writer.limit_frames(131'072);
  ContentWriter content;
  EXPECT_FALSE(content.write(writer, 1, large, 1));
  EXPECT_TRUE(writer.buffer().empty()) << "half a publish would break the channel";
}

TEST(Content, that_cannot_be_sent_says_why_and_what_to_do) {
  EXPECT_THAT(unsendable(publication("small"), 1'000), IsEmpty());
  EXPECT_THAT(unsendable(publication(std::string(1'000, 'x')), 1'000), IsEmpty());
  const auto oversize = unsendable(publication(std::string(1'001, 'x')), 1'000);
  EXPECT_THAT(oversize,
              HasSubstr("the message for exchange 'events' with routing key 'orders' has 1001 bytes"));
  EXPECT_THAT(oversize, HasSubstr("above the limit of 1000 (max_message_bytes)"));
  EXPECT_THAT(oversize, HasSubstr("send a reference to it, or raise the limit"));

  auto named = publication("x");
  named.to.routing_key = message::RoutingKey{std::string(256, 'k')};
  EXPECT_THAT(unsendable(named, 1'000), HasSubstr("a routing key of 256 bytes; AMQP allows 255"));
  named = publication("x");
  named.message.correlation_id.assign(300, 'c');
  EXPECT_THAT(unsendable(named, 1'000), HasSubstr("a correlation_id of 300 bytes; AMQP allows 255"));
  named = publication("x");
  named.message.headers.emplace_back(std::string(300, 'h'), true);
  EXPECT_THAT(unsendable(named, 1'000), HasSubstr("a header name of 300 bytes"));
}

TEST(Content, never_shows_a_payload_in_what_it_says) {
  EXPECT_THAT(unsendable(publication("secret payload"), 1), Not(HasSubstr("secret")));
}

TEST(DeliveryAssembler, puts_a_delivery_together_from_its_frames) {
  FrameWriter writer;
  writer.limit_frames(4'096);
  deliver(writer);
  amqp_basic_properties_t properties{};
  properties._flags = AMQP_BASIC_MESSAGE_ID_FLAG;
  properties.message_id = to_bytes("id");
  const std::string body(9'000, 'b');
  ASSERT_TRUE(writer.content_header(1, properties, body.size()));
  writer.body(1, body);
  FrameReader reader;
  feed(reader, writer);

  DeliveryAssembler assembler;
  amqp_frame_t frame{};
  ASSERT_TRUE(reader.next(frame));
  assembler.begin(*static_cast<amqp_basic_deliver_t*>(frame.payload.method.decoded), 5);
  ASSERT_TRUE(reader.next(frame));
  EXPECT_FALSE(assembler.header(frame));
  ASSERT_TRUE(reader.next(frame));
  EXPECT_FALSE(assembler.body(frame));
  ASSERT_TRUE(reader.next(frame));
  EXPECT_FALSE(assembler.body(frame));
  ASSERT_TRUE(reader.next(frame));
  EXPECT_TRUE(assembler.body(frame));
  Pool pool;
  const auto delivery = decoded(assembler.take(), pool);
  EXPECT_EQ(delivery.tag, (message::DeliveryTag{5, 9}));
  EXPECT_TRUE(delivery.redelivered);
  EXPECT_EQ(delivery.origin.exchange.value(), "events");
  EXPECT_EQ(delivery.message.message_id, "id");
  EXPECT_FALSE(delivery.message.persistent);
  EXPECT_EQ(delivery.message.body, body);
}

TEST(DeliveryAssembler, refuses_frames_that_do_not_belong_there) {
  FrameWriter writer;
  deliver(writer);
  writer.body(1, "stray");
  FrameReader reader;
  feed(reader, writer);
  DeliveryAssembler assembler;
  amqp_frame_t frame{};
  ASSERT_TRUE(reader.next(frame));
  const auto method = *static_cast<amqp_basic_deliver_t*>(frame.payload.method.decoded);
  assembler.begin(method, 1);
  EXPECT_THROW(assembler.begin(method, 1), ConnectionFault);
  ASSERT_TRUE(reader.next(frame));
  EXPECT_THROW(assembler.body(frame), ConnectionFault);
}

TEST(HeaderTable, tells_nested_values_as_json) {
  HeaderTable inner;
  inner.add("reason", std::string_view{"a \"b\" \\ \n"});
  inner.add("count", std::int64_t{2});
  inner.add("ok", true);
  HeaderTable outer;
  outer.add("nested", inner.table());
  outer.add("left out", std::int64_t{1});
  const auto headers = to_headers(outer.table(), "left out");
  ASSERT_EQ(headers.size(), 1U);
  EXPECT_EQ(std::get<std::string>(headers[0].second),
            R"({"reason":"a \"b\" \\ \u000a","count":2,"ok":true})");
}

TEST(HeaderTable, reads_every_kind_of_number) {
  const auto read = [](amqp_field_value_kind_t kind, auto set) {
    amqp_table_entry_t entry{};
    entry.key = to_bytes("n");
    entry.value.kind = static_cast<std::uint8_t>(kind);
    set(entry.value.value);
    return to_headers({1, &entry}, "").at(0).second;
  };
  using message::HeaderValue;
  EXPECT_EQ(read(AMQP_FIELD_KIND_I8, [](auto& value) { value.i8 = -8; }), HeaderValue{std::int64_t{-8}});
  EXPECT_EQ(read(AMQP_FIELD_KIND_U32, [](auto& value) { value.u32 = 32; }), HeaderValue{std::int64_t{32}});
  EXPECT_EQ(read(AMQP_FIELD_KIND_TIMESTAMP, [](auto& value) { value.u64 = 17; }),
            HeaderValue{std::int64_t{17}});
  EXPECT_EQ(read(AMQP_FIELD_KIND_U64, [](auto& value) { value.u64 = ~0ULL; }),
            HeaderValue{std::string{"18446744073709551615"}});
  EXPECT_EQ(read(AMQP_FIELD_KIND_DECIMAL, [](auto& value) { value.decimal = {2, 325}; }), HeaderValue{3.25});
  EXPECT_EQ(read(AMQP_FIELD_KIND_F32, [](auto& value) { value.f32 = 0.5F; }), HeaderValue{0.5});
}

}  // namespace
}  // namespace waybill::amqp
