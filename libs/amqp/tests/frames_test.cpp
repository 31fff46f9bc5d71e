#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "fault.hpp"
#include "wire/bytes.hpp"
#include "wire/frame_reader.hpp"
#include "wire/frame_writer.hpp"

namespace waybill::amqp {
namespace {

using testing::HasSubstr;

void feed(FrameReader& reader, std::span<const std::uint8_t> bytes) {
  std::memcpy(reader.buffer().room(bytes.size()).data(), bytes.data(), bytes.size());
  reader.buffer().added(bytes.size());
}

void feed(FrameReader& reader, std::string_view text) {
  std::vector<std::uint8_t> bytes(text.begin(), text.end());
  feed(reader, bytes);
}

void write_ack(FrameWriter& writer, std::uint64_t number) {
  amqp_basic_ack_t ack{number, 1};
  writer.method(7, AMQP_BASIC_ACK_METHOD, &ack);
}

std::string refusal_of(std::string_view bytes) {
  FrameReader reader;
  feed(reader, bytes);
  amqp_frame_t frame{};
  try {
    while (reader.next(frame)) continue;
  } catch (const ConnectionFault& fault) {
    return fault.what();
  }
  return {};
}

TEST(ByteBuffer, keeps_its_bytes_in_order_however_they_come_and_go) {
  std::mt19937 random(5);
  ByteBuffer buffer;
  std::uint8_t next_in = 0;
  std::uint8_t next_out = 0;
  for (int step = 0; step < 20'000; ++step) {
    const std::size_t in = random() % 3'000;
    auto room = buffer.room(in);
    ASSERT_GE(room.size(), in);
    for (std::size_t i = 0; i < in; ++i) room[i] = next_in++;
    buffer.added(in);
    const std::size_t out = random() % (buffer.size() + 1);
    for (std::size_t i = 0; i < out; ++i) ASSERT_EQ(buffer.bytes()[i], next_out++);
    buffer.taken(out);
  }
}

TEST(ByteBuffer, gives_back_the_memory_of_a_large_message) {
  ByteBuffer buffer;
  buffer.room(20'000'000);
  buffer.added(20'000'000);
  buffer.taken(20'000'000);
  EXPECT_LT(buffer.room(1).size(), 1'000'000U);
}

TEST(Frames, are_read_as_they_were_written) {
  FrameWriter writer;
  write_ack(writer, 42);
  writer.heartbeat();
  writer.body(3, "payload");
  FrameReader reader;
  feed(reader, writer.buffer().bytes());

  amqp_frame_t frame{};
  ASSERT_TRUE(reader.next(frame));
  EXPECT_EQ(frame.channel, 7);
  ASSERT_EQ(frame.payload.method.id, AMQP_BASIC_ACK_METHOD);
  EXPECT_EQ(static_cast<amqp_basic_ack_t*>(frame.payload.method.decoded)->delivery_tag, 42U);
  ASSERT_TRUE(reader.next(frame));
  EXPECT_EQ(frame.frame_type, AMQP_FRAME_HEARTBEAT);
  ASSERT_TRUE(reader.next(frame));
  EXPECT_EQ(to_view(frame.payload.body_fragment), "payload");
  EXPECT_FALSE(reader.next(frame));
}

// A network cuts bytes anywhere.
TEST(Frames, are_read_whatever_pieces_they_arrive_in) {
  FrameWriter writer;
  for (std::uint64_t number = 1; number <= 50; ++number) write_ack(writer, number);
  const auto bytes = writer.buffer().bytes();
  for (std::size_t piece = 1; piece < 60; ++piece) {
    FrameReader reader;
    std::uint64_t expected = 1;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      feed(reader, bytes.subspan(at, std::min(piece, bytes.size() - at)));
      amqp_frame_t frame{};
      while (reader.next(frame)) {
        EXPECT_EQ(static_cast<amqp_basic_ack_t*>(frame.payload.method.decoded)->delivery_tag, expected++);
      }
    }
    EXPECT_EQ(expected, 51U);
  }
}

TEST(Frames, of_a_body_are_as_large_as_the_limit_and_no_larger) {
  FrameWriter writer;
  writer.limit_frames(4'096);
  const std::string body(10'000, 'b');
  write_ack(writer, 1);  // the first frame of a connection is always a method
  writer.body(1, body);
  FrameReader reader;
  reader.limit_frames(4'096);
  feed(reader, writer.buffer().bytes());
  std::string read;
  std::vector<std::size_t> sizes;
  amqp_frame_t frame{};
  ASSERT_TRUE(reader.next(frame));
  while (reader.next(frame)) {
    sizes.push_back(frame.payload.body_fragment.len);
    read += to_view(frame.payload.body_fragment);
  }
  EXPECT_EQ(read, body);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{4'088, 4'088, 1'824}));
}

TEST(Frames, that_are_no_amqp_end_the_connection_with_what_it_may_be_instead) {
  EXPECT_THAT(refusal_of("HTTP/1.1 400 Bad Request\r\n"),
              HasSubstr("does not speak AMQP 0-9-1; is it the port of"));
  EXPECT_THAT(refusal_of("\x15\x03\x01\x00\x02\x02"), HasSubstr("TLS"));
  EXPECT_THAT(refusal_of(std::string_view{"AMQP\0\1\0\0", 8}), HasSubstr("speaks AMQP, but not 0-9-1"));
}

TEST(Frames, that_are_broken_end_the_connection) {
  const std::string_view heartbeat_without_end{"\1\0\0\0\0\0\0\x7", 8};
  EXPECT_THAT(refusal_of(heartbeat_without_end), HasSubstr("a frame without its end"));
  const std::string_view huge{"\1\0\1\x7F\xFF\xFF\xFF\0", 8};
  EXPECT_THAT(refusal_of(huge), HasSubstr("a frame of 2147483647 bytes"));
  const std::string_view short_method{"\1\0\1\0\0\0\2ab\xCE", 10};
  EXPECT_THAT(refusal_of(short_method), HasSubstr("too short"));
  const std::string_view unknown_method{"\1\0\1\0\0\0\4\x01\x02\x03\x04\xCE", 12};
  EXPECT_THAT(refusal_of(unknown_method), HasSubstr("unreadable arguments"));
}

// Whatever bytes come, they end in frames or in a fault: no crash, no read beyond the buffer.
TEST(Frames, of_random_bytes_are_harmless) {
  std::mt19937 random(17);
  FrameWriter writer;
  amqp_channel_close_t close{404, to_bytes("NOT_FOUND - no queue"), 60, 20};
  writer.method(1, AMQP_CHANNEL_CLOSE_METHOD, &close);
  write_ack(writer, 1);
  const auto good = writer.buffer().bytes();
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::uint8_t> bytes(good.begin(), good.end());
    for (int change = 0; change < 3; ++change)
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    FrameReader reader;
    feed(reader, bytes);
    amqp_frame_t frame{};
    try {
      while (reader.next(frame)) continue;
    } catch (const ConnectionFault&) {
      continue;
    }
  }
}

}  // namespace
}  // namespace waybill::amqp
