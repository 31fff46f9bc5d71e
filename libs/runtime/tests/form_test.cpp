#include "waybill/runtime/form.hpp"

#include <gtest/gtest.h>

namespace waybill::runtime {
namespace {

using namespace std::chrono_literals;

const Form<std::chrono::milliseconds> wait = form::duration(1ms, 168h);
const Form<ByteCount> room = form::size(ByteCount{1}, ByteCount{1ULL << 34});

template <class T>
std::string why(const Form<T>& form, const Given& given) {
  const auto value = form.read(given);
  return value ? "nothing" : value.error().why();
}

TEST(DurationForm, reads_every_unit) {
  EXPECT_EQ(*wait.read("250ms"), 250ms);
  EXPECT_EQ(*wait.read("10s"), 10s);
  EXPECT_EQ(*wait.read("5m"), 5min);
  EXPECT_EQ(*wait.read("36h"), 36h);
  EXPECT_EQ(*wait.read("7d"), 168h);
}

// A bare 30 is seconds to one person and milliseconds to another.
TEST(DurationForm, has_no_unit_by_default) {
  EXPECT_EQ(why(wait, "30"), "has no unit");
  EXPECT_EQ(why(wait, "0"), "has no unit");
}

TEST(DurationForm, refuses_what_is_not_a_number_with_a_unit_that_it_knows) {
  EXPECT_EQ(why(wait, "soon"), "does not begin with a whole number");
  EXPECT_EQ(why(wait, "-5s"), "does not begin with a whole number");
  EXPECT_EQ(why(wait, " 5s"), "does not begin with a whole number");
  EXPECT_EQ(why(wait, "1.5s"), "has no unit that is known here");
  EXPECT_EQ(why(wait, "10 s"), "has no unit that is known here");
  EXPECT_EQ(why(wait, "10S"), "has no unit that is known here");
  EXPECT_EQ(why(wait, ""), "is empty");
  EXPECT_EQ(why(wait, std::vector<std::string>{"1s"}), "is a list");
}

TEST(DurationForm, holds_its_bounds_also_where_the_numbers_overflow) {
  EXPECT_EQ(why(wait, "0ms"), "is less than 1ms");
  EXPECT_EQ(why(wait, "8d"), "is more than 7d");
  EXPECT_EQ(why(wait, "18446744073709551615d"), "is more than 7d");
  EXPECT_EQ(why(wait, "99999999999999999999999ms"), "is more than 7d");
  EXPECT_EQ(wait.accepted, "a duration from 1ms to 7d, a whole number with its unit (ms, s, m, h, d)");
}

TEST(SizeForm, reads_every_unit_within_its_bounds) {
  EXPECT_EQ(room.read("512B")->value(), 512U);
  EXPECT_EQ(room.read("64KiB")->value(), 65'536U);
  EXPECT_EQ(room.read("3MiB")->value(), 3'145'728U);
  EXPECT_EQ(room.read("16GiB")->value(), 1ULL << 34);
  EXPECT_EQ(why(room, "17GiB"), "is more than 16GiB");
  EXPECT_EQ(why(room, "17179869184GiB"), "is more than 16GiB");
  EXPECT_EQ(why(room, "0B"), "is less than 1B");
  EXPECT_EQ(why(room, "64KB"), "has no unit that is known here");
  EXPECT_EQ(why(room, "64"), "has no unit");
}

TEST(IntegerForm, holds_its_bounds) {
  const auto small = form::integer<std::size_t>(1, 64);
  EXPECT_EQ(*small.read("1"), 1U);
  EXPECT_EQ(*small.read("64"), 64U);
  EXPECT_EQ(why(small, "0"), "is less than 1");
  EXPECT_EQ(why(small, "-1"), "is less than 1");
  EXPECT_EQ(why(small, "65"), "is more than 64");
  EXPECT_EQ(why(small, "99999999999999999999"), "is more than 64");
  EXPECT_EQ(why(small, "-99999999999999999999"), "is less than 1");
  EXPECT_EQ(why(small, "99999999999999999999x"), "is not a whole number");
  EXPECT_EQ(why(small, "8 "), "is not a whole number");
  EXPECT_EQ(why(small, "1e3"), "is not a whole number");
  EXPECT_EQ(small.accepted, "a whole number from 1 to 64");
}

TEST(FlagForm, takes_true_and_false_and_nothing_else) {
  EXPECT_TRUE(*form::flag().read("true"));
  EXPECT_FALSE(*form::flag().read("false"));
  EXPECT_EQ(why(form::flag(), "yes"), "is not one of them");
  EXPECT_EQ(form::flag().accepted, "one of true, false");
}

TEST(OneOfForm, takes_its_words_exactly) {
  const auto level = form::one_of<int>({{"debug", 0}, {"info", 1}});
  EXPECT_EQ(*level.read("info"), 1);
  EXPECT_EQ(why(level, "INFO"), "is not one of them");
  EXPECT_EQ(level.accepted, "one of debug, info");
}

TEST(TextForm, takes_anything_but_nothing) {
  EXPECT_EQ(*form::text().read(" a b "), " a b ");
  EXPECT_EQ(why(form::text(), ""), "is empty");
}

TEST(ListForm, splits_a_text_at_its_commas) {
  const auto names = form::list_of(form::text());
  EXPECT_EQ(*names.read("a, b ,c d"), (std::vector<std::string>{"a", "b", "c d"}));
  EXPECT_EQ(*names.read(""), std::vector<std::string>{});
  EXPECT_EQ(why(names, "a,,b"), "has an item that is empty");
  EXPECT_EQ(why(names, "a,"), "has an item that is empty");
}

TEST(ListForm, takes_an_array_item_by_item_with_commas_in_them) {
  const auto names = form::list_of(form::text());
  const Given array = std::vector<std::string>{"a,b", "c"};
  EXPECT_EQ(*names.read(array), (std::vector<std::string>{"a,b", "c"}));
  EXPECT_EQ(why(form::list_of(form::integer<int>(1, 9)), "4,x"), "has an item that is not a whole number");
}

TEST(HostPortForm, reads_names_and_addresses) {
  EXPECT_EQ(*form::host_port().read("db.example.com:5432"), (HostPort{"db.example.com", 5432}));
  EXPECT_EQ(*form::host_port().read("[::1]:5672"), (HostPort{"::1", 5672}));
  EXPECT_EQ(HostPort::parse("[fe80::1]:1")->to_string(), "[fe80::1]:1");
  EXPECT_EQ(HostPort::parse("10.0.0.1:65535")->to_string(), "10.0.0.1:65535");
}

TEST(HostPortForm, says_what_is_wrong_with_the_rest) {
  const auto form = form::host_port();
  EXPECT_EQ(why(form, "db.example.com"), "has no port");
  EXPECT_EQ(why(form, "[::1]"), "has no port");
  EXPECT_EQ(why(form, ":5432"), "has no host");
  EXPECT_EQ(why(form, "::1:5432"), "has an IPv6 address without brackets around it");
  EXPECT_EQ(why(form, "[db]:1"), "has no IPv6 address in its brackets");
  EXPECT_EQ(why(form, "http://db:80"), "has an IPv6 address without brackets around it");
  EXPECT_EQ(why(form, "user@db:80"), "is more than a host and a port");
  EXPECT_EQ(why(form, "d b:80"), "contains a space or a control character");
  for (const char* port : {"db:0", "db:65536", "db:http", "db:", "db:-1", "db:80x"}) {
    EXPECT_EQ(why(form, port), "has a port that is not a number from 1 to 65535") << port;
  }
}

}  // namespace
}  // namespace waybill::runtime
