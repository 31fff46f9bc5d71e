#include "waybill/base/timestamp.hpp"

#include <gtest/gtest.h>

#include <random>

namespace waybill::base {
namespace {

using std::chrono::microseconds;

constexpr WallTime moment{microseconds{1'700'000'000'123'456}};

TEST(Timestamp, is_cut_to_the_millisecond_for_people) {
  EXPECT_EQ(format_timestamp_ms(WallTime{std::chrono::microseconds{1'999}}), "1970-01-01T00:00:00.001Z");
}

TEST(Timestamp, is_written_in_utc_to_the_microsecond) {
  EXPECT_EQ(format_timestamp(moment), "2023-11-14T22:13:20.123456Z");
  EXPECT_EQ(format_timestamp(WallTime{}), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(format_timestamp(WallTime{microseconds{-1}}), "1969-12-31T23:59:59.999999Z");
}

TEST(Timestamp, offsets_and_any_number_of_fractional_digits_are_read) {
  EXPECT_EQ(parse_timestamp("2023-11-14T22:13:20.123456Z"), moment);
  EXPECT_EQ(parse_timestamp("2023-11-14t23:43:20.123456789+01:30"), moment);
  EXPECT_EQ(parse_timestamp("2023-11-14T20:13:20.123456-02:00"), moment);
  EXPECT_EQ(parse_timestamp("2023-11-14T22:13:20Z"), moment - microseconds{123'456});
  EXPECT_EQ(parse_timestamp("2023-11-14T22:13:20.1Z"), moment - microseconds{23'456});
}

TEST(Timestamp, what_is_no_time_is_refused) {
  for (const char* text :
       {"", "2023", "2023-11-14", "2023-11-14T22:13:20", "2023-11-14 22:13:20Z", "2023-02-29T00:00:00Z",
        "2023-13-01T00:00:00Z", "2023-11-14T24:00:00Z", "2023-11-14T22:60:00Z", "2023-11-14T22:13:61Z",
        "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20Zx", "2023-11-14T22:13:20+0100",
        "2023-11-14T22:13:20+25:00", "-023-11-14T22:13:20Z", "9999-12-31T23:59:59-00:01",
        "0000-01-01T00:00:00+00:01", "1700000000"}) {
    EXPECT_FALSE(parse_timestamp(text)) << text;
  }
}

TEST(Timestamp, every_time_survives_its_text) {
  std::mt19937_64 random(5);
  std::uniform_int_distribution<std::int64_t> any(-62'167'219'200'000'000, 253'402'300'799'999'999);
  for (int i = 0; i < 10'000; ++i) {
    const WallTime time{microseconds{any(random)}};
    ASSERT_EQ(parse_timestamp(format_timestamp(time)), time) << format_timestamp(time);
  }
}

}  // namespace
}  // namespace waybill::base
