#include "stored_head.hpp"

#include <gtest/gtest.h>

#include <string>
#include <variant>

// Answers are given again as they were, so one that could not be is refused before it is given at all.

namespace waybill::accept {
namespace {

constexpr std::size_t most = 100;

TEST(StoredHead, is_read_as_it_was_written) {
  const HeaderFields fields{{"Location", "/orders/1"}, {"X-Empty", ""}, {"X-Colon", "a: b: c"}, {"X", " y "}};
  EXPECT_EQ(read_fields(write_fields(fields)), fields);
  EXPECT_EQ(read_fields(""), HeaderFields{});
}

TEST(StoredHead, is_kept_of_any_answer_that_a_handler_gives) {
  EXPECT_FALSE(why_not_kept(http::json_response(201, "{}").with("Location", "/orders/1"), most));
  EXPECT_FALSE(why_not_kept(http::empty_response(204), most));
  auto bytes = http::empty_response(200);
  bytes.body = std::string("\0\xff", 2);
  EXPECT_FALSE(why_not_kept(bytes, most)) << "a body is bytes";
  EXPECT_FALSE(why_not_kept(http::json_response(200, std::string(most, 'x')), most));
}

TEST(StoredHead, is_not_kept_of_what_could_not_be_given_again) {
  EXPECT_TRUE(why_not_kept(http::json_response(200, std::string(most + 1, 'x')), most));
  EXPECT_TRUE(why_not_kept(http::empty_response(100), most));
  EXPECT_TRUE(why_not_kept(http::empty_response(600), most));
  auto stream = http::empty_response(200);
  stream.events = [](base::Deadline)
      -> boost::asio::awaitable<std::variant<http::Event, http::Quiet, http::EndOfEvents>> {
    co_return http::EndOfEvents{};
  };
  EXPECT_TRUE(why_not_kept(stream, most));
}

// One line more would be another header field, of whoever wrote the value.
TEST(StoredHead, is_not_kept_of_fields_that_are_no_lines_of_text) {
  EXPECT_TRUE(why_not_kept(http::empty_response(200).with("X", "a\r\nSet-Cookie: b"), most));
  EXPECT_TRUE(why_not_kept(http::empty_response(200).with("X: Y", "a"), most));
  EXPECT_TRUE(why_not_kept(http::empty_response(200).with("", "a"), most));
  EXPECT_TRUE(why_not_kept(http::empty_response(200).with("X", "\xff"), most));
  EXPECT_TRUE(why_not_kept({.content_type = "text/plain\n"}, most));
}

}  // namespace
}  // namespace waybill::accept
