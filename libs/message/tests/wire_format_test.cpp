#include "waybill/message/wire_format.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "waybill/base/uuid_v7.hpp"
#include "waybill/message/foreign_id.hpp"

namespace waybill::message {
namespace {

constexpr base::WallTime sent_at{std::chrono::microseconds{1'700'000'000'123'456}};

Envelope full_envelope() {
  Envelope envelope;
  envelope.id = MessageId{base::new_uuid_v7()};
  envelope.type = "shop.inventory.v1.ReserveStock";
  envelope.source = "order";
  envelope.subject = "order-17";
  envelope.time = sent_at;
  envelope.expiry = sent_at + std::chrono::seconds{30};
  envelope.correlation_id = "order-17";
  envelope.reply_to = "order";
  envelope.content_type = "application/json";
  envelope.causation_id = base::new_uuid_v7();
  envelope.conversation_id = base::new_uuid_v7();
  envelope.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  envelope.tracestate = "vendor=1";
  envelope.attempt = 3;
  envelope.saga = SagaReference{base::new_uuid_v7(), "reserve", 2};
  envelope.headers = {{"tenant", "acme"}, {"x-shard", "4"}};
  envelope.payload = std::string("{\0}", 3);
  return envelope;
}

std::string text_of(const WireMessage& wire, std::string_view header) {
  const auto* value = find_header(wire.headers, header);
  return value ? to_text(*value) : "(none)";
}

Malformed problem_with(const WireMessage& wire) {
  const auto read = read_envelope(wire);
  return read.has_error() ? read.error() : Malformed{"(nothing)", ""};
}

WireMessage changed(const std::string& header, HeaderValue value) {
  auto wire = write_envelope(full_envelope());
  std::erase_if(wire.headers, [&](const auto& existing) { return existing.first == header; });
  wire.headers.emplace_back(header, std::move(value));
  return wire;
}

TEST(WireFormat, what_is_written_is_read_back) {
  const Envelope sent = full_envelope();
  const auto read = read_envelope(write_envelope(sent));
  ASSERT_TRUE(read.has_value()) << read.error().to_string();
  EXPECT_TRUE(*read == sent);
}

TEST(WireFormat, a_message_with_only_what_it_must_have_is_read_back) {
  Envelope sent;
  sent.id = MessageId{base::new_uuid_v7()};
  sent.type = "shop.order.v1.OrderPlaced";
  sent.time = sent_at;
  const auto read = read_envelope(write_envelope(sent));
  ASSERT_TRUE(read.has_value()) << read.error().to_string();
  EXPECT_TRUE(*read == sent);
}

TEST(WireFormat, is_cloud_events_in_binary_mode) {
  const Envelope envelope = full_envelope();
  const WireMessage wire = write_envelope(envelope);
  EXPECT_EQ(wire.message_id, envelope.id.value().to_string());
  EXPECT_EQ(wire.type, "shop.inventory.v1.ReserveStock");
  EXPECT_EQ(wire.app_id, "order");
  EXPECT_EQ(wire.timestamp_s, 1'700'000'000);
  EXPECT_TRUE(wire.persistent);
  EXPECT_EQ(text_of(wire, "cloudEvents_specversion"), "1.0");
  EXPECT_EQ(text_of(wire, "cloudEvents_source"), "order");
  EXPECT_EQ(text_of(wire, "cloudEvents_subject"), "order-17");
  EXPECT_EQ(text_of(wire, "cloudEvents_time"), "2023-11-14T22:13:20.123456Z");
  EXPECT_EQ(text_of(wire, "cloudEvents_expirytime"), "2023-11-14T22:13:50.123456Z");
  EXPECT_EQ(text_of(wire, "sagastep"), "reserve");
  EXPECT_EQ(text_of(wire, "attempt"), "3");
}

TEST(WireFormat, the_other_prefix_is_read_too_and_properties_may_come_as_headers) {
  WireMessage wire;
  const auto id = base::new_uuid_v7();
  wire.headers = {{"cloudEvents:specversion", std::string("1.0")},
                  {"cloudEvents:id", id.to_string()},
                  {"cloudEvents:type", std::string("billing.v1.Invoiced")},
                  {"cloudEvents:source", std::string("billing")},
                  {"cloudEvents:subject", std::string("customer-1")}};
  const auto read = read_envelope(wire);
  ASSERT_TRUE(read.has_value()) << read.error().to_string();
  EXPECT_EQ(read->id, MessageId{id});
  EXPECT_EQ(read->type, "billing.v1.Invoiced");
  EXPECT_EQ(read->subject, "customer-1");
  EXPECT_EQ(read->time, base::time_of(id));
}

// A foreign producer's redelivery must meet the inbox row of its first delivery.
TEST(WireFormat, a_foreign_id_becomes_the_same_uuid_each_time_and_goes_out_as_it_came) {
  WireMessage wire;
  wire.message_id = "invoice-4711";
  wire.type = "billing.v1.Invoiced";
  wire.app_id = "billing";
  wire.timestamp_s = 1'700'000'000;
  const auto first = read_envelope(wire);
  ASSERT_TRUE(first.has_value()) << first.error().to_string();
  EXPECT_EQ(first->id.value(), uuid_of_foreign_id(first->time, "billing", "invoice-4711"));
  const auto forwarded = write_envelope(*first);
  EXPECT_EQ(forwarded.message_id, "invoice-4711");
  EXPECT_EQ(read_envelope(forwarded)->id, first->id);
}

// Without its prefix it would be written as the transport's own, and lost where it is read next.
TEST(WireFormat, a_prefix_makes_no_header_of_the_transport_into_a_users) {
  const Envelope sent = full_envelope();
  auto wire = write_envelope(sent);
  wire.headers.emplace_back("cloudEvents_x-waybill-publish", std::int64_t{7});
  wire.headers.emplace_back("cloudEvents:cloudEvents_x-death", "often");
  const auto read = read_envelope(wire);
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(*read == sent);
}

TEST(WireFormat, what_the_transport_added_is_not_carried_along) {
  auto wire = changed("x-death", std::string("[]"));
  wire.headers.emplace_back("x-first-death-queue", std::string("q"));
  wire.headers.emplace_back("x-waybill-publish", std::int64_t{7});
  wire.headers.emplace_back("x-tenant", std::string("acme"));
  const auto read = read_envelope(wire);
  ASSERT_TRUE(read.has_value());
  EXPECT_FALSE(read->headers.contains("x-death"));
  EXPECT_FALSE(read->headers.contains("x-first-death-queue"));
  EXPECT_FALSE(read->headers.contains("x-waybill-publish"));
  EXPECT_EQ(read->headers.at("x-tenant"), "acme");
}

TEST(WireFormat, what_cannot_be_read_is_refused_by_name) {
  auto wire = write_envelope(full_envelope());
  wire.message_id.clear();
  EXPECT_EQ(problem_with(wire).field, "message_id");
  wire.message_id = "not-a-uuid";
  wire.app_id.clear();
  std::erase_if(wire.headers, [](const auto& header) { return header.first == "cloudEvents_source"; });
  EXPECT_EQ(problem_with(wire).to_string(),
            "message_id: it is no UUIDv7, and a foreign id needs the message's time and source beside it");
  wire = write_envelope(full_envelope());
  wire.type.clear();
  EXPECT_EQ(problem_with(wire).field, "type");
  EXPECT_EQ(problem_with(changed("cloudEvents_specversion", std::string("0.3"))).field, "specversion");
  EXPECT_EQ(problem_with(changed("cloudEvents_time", std::string("yesterday"))).field, "time");
  EXPECT_EQ(problem_with(changed("cloudEvents_expirytime", std::int64_t{5})).field, "expirytime");
  EXPECT_EQ(problem_with(changed("causationid", std::string("x"))).field, "causationid");
  EXPECT_EQ(problem_with(changed("attempt", std::int64_t{0})).field, "attempt");
  EXPECT_EQ(problem_with(changed("attempt", std::string("2x"))).field, "attempt");
  EXPECT_EQ(problem_with(changed("sagaepoch", std::int64_t{-1})).field, "sagaepoch");
  EXPECT_EQ(problem_with(changed("sagastep", std::string())).field, "sagaid");
  EXPECT_EQ(problem_with(changed("dataref", std::string("https://elsewhere"))).field, "dataref");
}

TEST(WireFormat, too_many_headers_are_refused) {
  auto wire = write_envelope(full_envelope());
  for (int i = 0; i < 257; ++i) wire.headers.emplace_back("h" + std::to_string(i), true);
  EXPECT_EQ(problem_with(wire).field, "headers");
}

TEST(WireFormat, as_many_headers_as_are_taken_are_so_too_when_a_message_comes_again) {
  Envelope envelope = full_envelope();
  envelope.headers.clear();
  for (int i = 0; i < 256; ++i) envelope.headers["h" + std::to_string(i)] = "x";
  auto wire = write_envelope(envelope);
  for (const std::string name : {"exchange", "routing-key", "queue"}) {
    wire.headers.emplace_back("waybill-" + name, name);
  }
  EXPECT_TRUE(read_envelope(wire));
}

TEST(WireFormatDeathTest, a_users_header_may_not_take_an_attributes_name) {
  Envelope envelope = full_envelope();
  envelope.headers = {{"attempt", "9"}};
  EXPECT_DEATH(write_envelope(envelope), "may not take the name of an envelope's attribute");
}

// Whatever the wire brings, reading it ends in an envelope or a reason, and an envelope can always be sent
// on.
TEST(WireFormat, rubbish_is_read_or_refused_and_what_was_read_can_be_written) {
  std::mt19937_64 random(99);
  const std::vector<std::string> names{"cloudEvents_",
                                       "cloudEvents:cloudEvents_attempt",
                                       "cloudEvents_time",
                                       "time",
                                       "cloudEvents:dataschema",
                                       "attempt",
                                       "sagaid",
                                       "sagastep",
                                       "sagaepoch",
                                       "",
                                       "x-death",
                                       "cloudEvents_id",
                                       "\xff\xfe",
                                       "specversion"};
  const std::vector<HeaderValue> values{std::string("1.0"),
                                        std::string("1"),
                                        std::int64_t{7},
                                        std::int64_t{INT64_MIN},
                                        true,
                                        1e308,
                                        std::string("\0\xff", 2),
                                        std::string("0192d3f4-5b6c-7d8e-9fa0-b1c2d3e4f506"),
                                        std::string("ffffffff-ffff-7fff-bfff-ffffffffffff"),
                                        std::string("9999-12-31T23:59:59.999999Z"),
                                        std::string("0000-01-01T00:00:00Z")};
  int read_count = 0;
  for (int round = 0; round < 20'000; ++round) {
    WireMessage wire;
    wire.message_id = std::get<std::string>(values[7 + random() % 2]);
    if (random() % 4 == 0) wire.message_id = "foreign";
    wire.type = random() % 8 == 0 ? "" : "t";
    wire.app_id = random() % 2 == 0 ? "s" : "";
    if (random() % 2 == 0) wire.timestamp_s = static_cast<std::int64_t>(random() % (1ULL << (random() % 63)));
    for (auto count = random() % 4; count > 0; --count) {
      wire.headers.emplace_back(names[random() % names.size()], values[random() % values.size()]);
    }
    const auto read = read_envelope(wire);
    if (!read) {
      EXPECT_FALSE(read.error().problem.empty());
      continue;
    }
    ++read_count;
    const auto again = read_envelope(write_envelope(*read));
    ASSERT_TRUE(again.has_value()) << again.error().to_string();
    EXPECT_EQ(again->id, read->id);
  }
  EXPECT_GT(read_count, 1000);
}

}  // namespace
}  // namespace waybill::message
