#include "waybill/http/query.hpp"

#include <gtest/gtest.h>

namespace waybill::http {
namespace {

enum class Sort { oldest, newest };

/// "query: a is …", a line each.
std::string query_told(const Query& query) {
  const auto problem = query.problem();
  if (!problem) return "";
  EXPECT_EQ(problem->status, 400);
  EXPECT_EQ(problem->name, "query-invalid");
  std::string all;
  for (const auto& error : problem->errors)
    all += (all.empty() ? "" : "\n") + error.pointer + " " + error.detail;
  return all;
}

std::string query_told_of(std::string_view text) {
  Query query(text);
  (void)query.optional_text("name", {1, 8});
  (void)query.optional_integer("limit", 1, 200);
  (void)query.optional_one_of<Sort>("sort", {{"oldest", Sort::oldest}, {"newest", Sort::newest}});
  (void)query.optional_boolean("open");
  (void)query.optional_uuid("id");
  return query_told(query);
}

TEST(Query, is_read_parameter_by_parameter) {
  Query query(
      "limit=20&name=gr%C3%BC%6e+x&sort=newest&open=false&id=018d3f2e-0000-7000-8000-0000000000ab&empty");
  EXPECT_EQ(query.integer("limit", 1, 200), 20);
  EXPECT_EQ(query.text("name"), "gr\xC3\xBCn x");
  EXPECT_EQ(query.one_of<Sort>("sort", {{"oldest", Sort::oldest}, {"newest", Sort::newest}}), Sort::newest);
  EXPECT_EQ(query.optional_boolean("open"), false);
  EXPECT_EQ(query.uuid("id").to_string(), "018d3f2e-0000-7000-8000-0000000000ab");
  EXPECT_EQ(query.optional_text("empty"), "");
  EXPECT_EQ(query.optional_text("other"), std::nullopt);
  EXPECT_EQ(query.optional_integer("offset", 0, 9).value_or(3), 3);
  EXPECT_EQ(query.problem(), std::nullopt);
}

TEST(Query, none_is_as_good_as_an_empty_one) { EXPECT_EQ(query_told_of(""), ""); }

TEST(Query, what_is_missing_is_named) {
  Query query("");
  EXPECT_EQ(query.text("a"), "");
  EXPECT_EQ(query.integer("b", 1, 2), 0);
  EXPECT_EQ(query.uuid("c"), base::Uuid{});
  EXPECT_EQ(query.one_of<Sort>("d", {{"newest", Sort::newest}}), Sort::newest);
  EXPECT_EQ(query_told(query),
            "query: a is missing\nquery: b is missing\nquery: c is missing\nquery: d is missing");
}

TEST(Query, what_does_not_fit_is_shown_with_what_is_taken) {
  EXPECT_EQ(query_told_of("limit=0"), "query: limit is '0'; it takes a whole number from 1 to 200");
  EXPECT_EQ(query_told_of("limit=+5"), "query: limit is ' 5'; it takes a whole number from 1 to 200");
  for (const auto* number : {"", "201", "007", "1.0", "1e1", "x", "-", "99999999999999999999"}) {
    EXPECT_NE(query_told_of(std::string("limit=") + number), "") << number;
  }
  EXPECT_EQ(query_told_of("name="), "query: name is empty; it takes a text of 1 to 8 characters");
  EXPECT_EQ(query_told_of("name=123456789"),
            "query: name has 9 characters; it takes a text of 1 to 8 characters");
  EXPECT_EQ(query_told_of("sort=newst"), "query: sort is 'newst'; did you mean 'newest'?");
  EXPECT_EQ(query_told_of("open=yes"), "query: open is 'yes'; it takes 'true' or 'false'");
  EXPECT_EQ(query_told_of("id=7"), "query: id is '7'; it takes a UUID of 36 characters");
}

// Two servers that keep a different one of two would not mean the same by one URL.
TEST(Query, a_parameter_that_is_there_twice_is_refused) {
  EXPECT_EQ(query_told_of("limit=1&limit=1"), "query: limit is there twice");
  EXPECT_EQ(query_told_of("limit=1&lim%69t=2"), "query: limit is there twice");
}

TEST(Query, what_nobody_asked_for_is_refused) {
  EXPECT_EQ(query_told_of("limt=1"), "query: limt is not known; did you mean 'limit'?");
  EXPECT_EQ(query_told_of("page=1"),
            "query: page is not known; it takes 'name', 'limit', 'sort', 'open' and 'id'");
}

TEST(Query, what_is_not_escaped_utf8_is_refused) {
  EXPECT_EQ(query_told_of("name=%"), "query: name is not escaped UTF-8 without control characters");
  EXPECT_EQ(query_told_of("name=%FF"), "query: name is not escaped UTF-8 without control characters");
  EXPECT_EQ(query_told_of("name=a%0Ab"), "query: name is not escaped UTF-8 without control characters");
  EXPECT_EQ(query_told_of("limit=1&%zz=1"), "query parameter 2 has a name that is not escaped UTF-8");
  EXPECT_EQ(query_told_of("=1"), "query parameter 1 has no name");
  EXPECT_EQ(query_told_of("limit=1&&name=x"), "query parameter 2 has no name");
  EXPECT_EQ(query_told_of("limit=1&"), "query parameter 2 has no name");
}

TEST(Query, is_bounded) {
  std::string text;
  for (int i = 0; i < 65; ++i) text += (i == 0 ? "p" : "&p") + std::to_string(i) + "=1";
  Query query(text);
  EXPECT_EQ(query.parameters().size(), 64U);
  const auto problem = query.problem();
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->errors.size(), 20U);
  EXPECT_EQ(problem->errors.front().detail, "has more than 64 parameters");
  EXPECT_EQ(problem->detail, "65 things are refused; 'errors' tells of the first 20");
}

TEST(Query, shows_of_a_strange_name_what_can_be_printed) {
  const std::string name(70, 'n');
  EXPECT_EQ(query_told_of(name), "query: " + name.substr(0, 64) +
                                     "… is not known; it takes 'name', 'limit', 'sort', "
                                     "'open' and 'id'");
  EXPECT_EQ(query_told_of("%C3%A4").substr(0, 24), "query: ?? is not known; ");
}

TEST(Query, a_reader_adds_its_own) {
  Query query("from=2&to=1");
  const auto from = query.integer("from", 0, 9);
  if (query.integer("to", 0, 9) < from) query.refuse("to", "is before 'from'");
  EXPECT_EQ(query_told(query), "query: to is before 'from'");
  EXPECT_EQ(query.problem()->detail, "query: to is before 'from'");
}

}  // namespace
}  // namespace waybill::http
