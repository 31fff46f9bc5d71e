#include "waybill/http/request.hpp"

#include <gtest/gtest.h>

namespace waybill::http {
namespace {

TEST(Request, its_path_ends_where_the_query_begins) {
  Request request;
  request.target = "/orders?limit=1?2";
  EXPECT_EQ(request.path(), "/orders");
  EXPECT_EQ(request.query(), "limit=1?2");
  request.target = "/orders";
  EXPECT_EQ(request.path(), "/orders");
  EXPECT_EQ(request.query(), "");
  request.target = "/orders?";
  EXPECT_EQ(request.path(), "/orders");
  EXPECT_EQ(request.query(), "");
}

TEST(Request, shows_what_stands_in_its_path) {
  Request request;
  request.path_parameters = {{"id", "7"}, {"line", "2"}};
  EXPECT_EQ(request.path_parameter("id"), "7");
  EXPECT_EQ(request.path_parameter("line"), "2");
}

TEST(RequestDeathTest, a_name_that_the_pattern_does_not_have_is_a_bug) {
  EXPECT_DEATH((void)Request{}.path_parameter("id"), "pattern");
}

TEST(Method, is_read_as_it_is_written) {
  for (const auto method : {Method::get, Method::head, Method::post, Method::put, Method::patch,
                            Method::delete_, Method::options}) {
    EXPECT_EQ(method_of(to_string(method)), method);
  }
  EXPECT_EQ(method_of("DELETE"), Method::delete_);
}

// Methods differ by the case of their letters: "get" is not GET.
TEST(Method, anything_else_is_none) {
  for (const auto* name : {"", "get", "Get", "TRACE", "CONNECT", "GET ", "DELETE_"}) {
    EXPECT_EQ(method_of(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace waybill::http
