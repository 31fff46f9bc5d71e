#include "waybill/http/page.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base64url.hpp"
#include "cursor.hpp"

namespace waybill::http {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using OrderPage = PageRequest<base::WallTime, base::Uuid>;

constexpr base::WallTime noon{1'700'000'000'000'001us};
const base::Uuid order = *base::Uuid::parse("018d3f2e-0000-7000-8000-0000000000ab");

struct Asked {
  OrderPage page;
  std::string problem;
};

Asked ask(std::string_view text, std::string_view listing = "orders") {
  Query query(text);
  (void)query.optional_text("status");
  (void)query.optional_text("customer");
  Asked asked{.page = OrderPage::read(query, listing), .problem = {}};
  if (const auto problem = query.problem()) asked.problem = problem->detail;
  return asked;
}

std::string cursor_of(std::string_view query) { return ask(query).page.cursor(noon, order); }

constexpr const char* no_cursor =
    "query: cursor is none of this listing with these filters; begin without one";

TEST(Page, begins_at_the_front_and_has_fifty_items) {
  const auto asked = ask("");
  EXPECT_EQ(asked.problem, "");
  EXPECT_EQ(asked.page.limit, 50);
  EXPECT_EQ(asked.page.after, std::nullopt);
}

TEST(Page, takes_a_limit_within_bounds) {
  EXPECT_EQ(ask("limit=1").page.limit, 1);
  EXPECT_EQ(ask("limit=200").page.limit, 200);
  EXPECT_EQ(ask("limit=201").problem, "query: limit is '201'; it takes a whole number from 1 to 200");
  EXPECT_NE(ask("limit=0").problem, "");
}

TEST(Page, goes_on_behind_the_keys_of_its_cursor) {
  const auto asked = ask("cursor=" + cursor_of(""));
  EXPECT_EQ(asked.problem, "");
  EXPECT_EQ(asked.page.after, (std::tuple{noon, order}));
}

TEST(Page, the_limit_may_change_from_page_to_page) {
  EXPECT_EQ(ask("limit=10&cursor=" + cursor_of("limit=5")).problem, "");
}

TEST(Page, the_order_of_filters_does_not_matter) {
  EXPECT_EQ(ask("status=open&customer=c&cursor=" + cursor_of("customer=c&status=open")).problem, "");
}

// Behind the same keys, other filters would skip what the client has never seen.
TEST(Page, a_cursor_with_other_filters_is_refused) {
  EXPECT_EQ(ask("cursor=" + cursor_of("status=open")).problem, no_cursor);
  EXPECT_EQ(ask("status=open&cursor=" + cursor_of("")).problem, no_cursor);
  EXPECT_EQ(ask("status=open&cursor=" + cursor_of("status=done")).problem, no_cursor);
  EXPECT_EQ(ask("status=a&customer=b&cursor=" + cursor_of("status=b&customer=a")).problem, no_cursor);
  EXPECT_EQ(ask("status=ab&customer=c&cursor=" + cursor_of("status=a&customer=bc")).problem, no_cursor);
  EXPECT_EQ(ask("customer=x&status=y&cursor=" + cursor_of("customer=x:status:y")).problem, no_cursor);
}

TEST(Page, a_cursor_of_another_listing_is_refused) {
  EXPECT_EQ(ask("cursor=" + cursor_of(""), "payments").problem, no_cursor);
}

TEST(Page, a_cursor_of_other_kinds_of_keys_is_refused) {
  Query query("");
  const auto other = PageRequest<std::int64_t, base::Uuid>::read(query, "orders").cursor(7, order);
  const auto fewer = PageRequest<base::WallTime>::read(query, "orders").cursor(noon);
  EXPECT_EQ(ask("cursor=" + other).problem, no_cursor);
  EXPECT_EQ(ask("cursor=" + fewer).problem, no_cursor);
}

TEST(Page, anything_but_a_cursor_is_refused) {
  const auto cursor = cursor_of("");
  EXPECT_EQ(ask("cursor=" + cursor.substr(1)).problem, no_cursor);
  EXPECT_EQ(ask("cursor=" + cursor + "A").problem, no_cursor);
  EXPECT_EQ(ask("cursor=" + cursor + "%3D").problem, no_cursor);
  EXPECT_EQ(ask("cursor=1").problem, no_cursor);
  EXPECT_NE(ask("cursor=").problem, "");
}

TEST(Cursor, reads_every_value_as_it_was_written) {
  const CursorValues values{""s,
                            "gr\xC3\xBC\nn"s,
                            std::string(1'000, 'x'),
                            INT64_MIN,
                            std::int64_t{-1},
                            noon,
                            base::WallTime{-1us},
                            order,
                            base::Uuid{}};
  EXPECT_EQ(values_in_cursor(cursor_bytes(7, values), 7), values);
  EXPECT_EQ(values_in_cursor(cursor_bytes(7, {}), 7), CursorValues{});
  EXPECT_EQ(values_in_cursor(cursor_bytes(7, values), 8), std::nullopt);
}

TEST(Cursor, of_which_a_byte_is_missing_or_added_is_refused) {
  const auto bytes = cursor_bytes(7, {"abc"s, std::int64_t{1}, noon, order});
  int whole = 0;
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    // Without the last values it is a cursor with fewer, which the listing's keys do not fit.
    if (values_in_cursor(bytes.substr(0, length), 7)) ++whole;
  }
  EXPECT_EQ(whole, 4);
  EXPECT_EQ(values_in_cursor(bytes + "x", 7), std::nullopt);
  EXPECT_EQ(values_in_cursor("\x02" + bytes.substr(1), 7), std::nullopt);
}

// What a stranger writes into a cursor goes into a query of the database.
TEST(Cursor, holds_only_what_the_database_takes) {
  const auto head = cursor_bytes(7, {});
  EXPECT_EQ(values_in_cursor(head + "t\0\2ab"s, 7), CursorValues{"ab"s});
  EXPECT_EQ(values_in_cursor(head + "t\0\2a\0"s, 7), std::nullopt);
  EXPECT_EQ(values_in_cursor(head + "t\0\1\xFF"s, 7), std::nullopt);
  EXPECT_EQ(values_in_cursor(head + "t\3\xE9"s + std::string(1'001, 'x'), 7), std::nullopt);
  EXPECT_EQ(values_in_cursor(head + "w\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s, 7), std::nullopt);
  std::string many = head;
  for (int i = 0; i < 17; ++i) many += "t\0\0"s;
  EXPECT_EQ(values_in_cursor(many, 7), std::nullopt);
}

TEST(Cursor, is_not_made_of_a_text_that_it_cannot_hold) {
  EXPECT_THROW(cursor_bytes(7, {std::string(1'001, 'x')}), std::invalid_argument);
  EXPECT_THROW(cursor_bytes(7, {"\xFF"s}), std::invalid_argument);
}

TEST(PageResponse, has_its_items_and_where_they_go_on) {
  Request request;
  request.target = "/orders?limit=2&status=open";
  const std::vector<std::string> items{R"({"id":1})", R"({"id":2})"};
  const auto response = page_response(request, items, "abc_-1");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, R"({"items":[{"id":1},{"id":2}],"next_cursor":"abc_-1"})");
  ASSERT_EQ(response.headers.size(), 1U);
  EXPECT_EQ(response.headers[0].first, "Link");
  EXPECT_EQ(response.headers[0].second, "</orders?limit=2&status=open&cursor=abc_-1>; rel=\"next\"");
}

TEST(PageResponse, ends_with_the_last_page) {
  const auto response = page_response(Request{}, {}, std::nullopt);
  EXPECT_EQ(response.body, R"({"items":[],"next_cursor":null})");
  EXPECT_TRUE(response.headers.empty());
}

struct Row {
  base::WallTime created_at;
  base::Uuid id;
};

Response page_of_rows(std::string_view query, std::size_t found) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < found; ++i) rows.push_back({noon + std::chrono::microseconds(i), order});
  return page_of(
      Request{}, ask(query).page, rows, [](const Row& row) { return std::tuple(row.created_at, row.id); },
      [](const Row& row) { return std::to_string((row.created_at - noon).count()); });
}

TEST(PageOf, rows_goes_on_behind_the_last_that_is_shown_where_one_more_was_found) {
  const auto answer = nlohmann::json::parse(page_of_rows("limit=2", 3).body);
  EXPECT_EQ(answer["items"], (nlohmann::json{0, 1}));
  const auto next = ask("cursor=" + answer["next_cursor"].get<std::string>());
  EXPECT_EQ(next.problem, "");
  EXPECT_EQ(next.page.after, (std::tuple{noon + 1us, order}));
}

TEST(PageOf, rows_is_the_last_where_no_more_were_found) {
  EXPECT_EQ(page_of_rows("limit=2", 2).body, R"({"items":[0,1],"next_cursor":null})");
  EXPECT_EQ(page_of_rows("limit=2", 1).body, R"({"items":[0],"next_cursor":null})");
  EXPECT_EQ(page_of_rows("limit=2", 0).body, R"({"items":[],"next_cursor":null})");
}

TEST(PageOf, rows_that_one_key_orders_takes_it_from_a_member) {
  Query query("limit=1");
  const auto page = PageRequest<base::Uuid>::read(query, "orders");
  const std::vector<Row> rows{{noon, order}, {noon, base::Uuid::max()}};
  const auto response = page_of(Request{}, page, rows, &Row::id, [](const Row&) { return "1"s; });
  EXPECT_EQ(response.body, R"({"items":[1],"next_cursor":")" + page.cursor(order) + "\"}");
}

std::string link_of(std::string target) {
  Request request;
  request.target = std::move(target);
  return page_response(request, {}, "NEXT").headers.at(0).second;
}

TEST(PageResponse, its_link_has_one_cursor_and_nothing_that_ends_a_link) {
  EXPECT_EQ(link_of("/orders"), "</orders?cursor=NEXT>; rel=\"next\"");
  EXPECT_EQ(link_of("/orders?"), "</orders?cursor=NEXT>; rel=\"next\"");
  EXPECT_EQ(link_of("/orders?cursor=OLD"), "</orders?cursor=NEXT>; rel=\"next\"");
  EXPECT_EQ(link_of("/orders?c%75rsor=OLD&limit=2"), "</orders?limit=2&cursor=NEXT>; rel=\"next\"");
  EXPECT_EQ(link_of("/o>\"\xC3\xA4?q=<\r\n%41"), "</o%3E%22%C3%A4?q=%3C%0D%0A%41&cursor=NEXT>; rel=\"next\"");
}

}  // namespace
}  // namespace waybill::http
