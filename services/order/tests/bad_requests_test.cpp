#include "bad_requests.hpp"

#include <gmock/gmock.h>

#include "order_fixture.hpp"
#include "waybill/base/uuid_v7.hpp"

// What nobody should send: each gets its documented answer, and leaves no row.

namespace shop::order {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class BadRequests : public OrderFixture {
 protected:
  std::string filled(std::string request) const {
    if (const auto at = request.find("KEY"); at != std::string::npos) request.replace(at, 3, bearer());
    const auto fresh = waybill::base::new_uuid_v7().to_string();
    if (const auto at = request.find("FRESH"); at != std::string::npos) request.replace(at, 5, fresh);
    return request;
  }
  void expect_refused(const BadRequest& bad) const {
    SCOPED_TRACE(bad.name);
    const auto answer = ask_api(filled(bad.request));
    ASSERT_TRUE(answer) << "nothing was answered";
    EXPECT_EQ(answer->status, bad.status) << answer->body;
    EXPECT_EQ(answer->header("content-type"), "application/problem+json");
    EXPECT_THAT(answer->body, HasSubstr("\"type\":\"urn:waybill:problem:" + bad.problem));
    const auto names = bad.names.empty() ? "" : "\"pointer\":\"" + bad.names + "\"";
    EXPECT_THAT(answer->body, HasSubstr(names));
    EXPECT_THAT(answer->body, Not(HasSubstr("tok_ok"))) << "a token is nobody else's to read";
  }
};

TEST_F(BadRequests, get_their_problem_and_change_nothing) {
  const auto service = start_ready();
  std::size_t count = 0;
  for (const auto& table : {bad_orders(), bad_json(), bad_envelopes(), bad_reads()}) {
    for (const auto& bad : table) expect_refused(bad);
    count += table.size();
  }
  EXPECT_GE(count, 150U);
  EXPECT_EQ(database_.sql("SELECT count(*) FROM orders"), "0\n");
  EXPECT_EQ(database_.sql("SELECT count(*) FROM waybill.saga"), "0\n");
  EXPECT_EQ(database_.sql("SELECT count(*) FROM waybill.outbox"), "0\n");
  place();  // the client is as welcome as before
}

TEST_F(BadRequests, hold_up_nobody_else) {
  const auto service = start_ready({{"WAYBILL_HTTP_REQUEST_WITHIN", "5s"}});
  waybill::http::testing::RawClient slow(http_port_);
  slow.send("POST /api/v1/orders HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n" + bearer() +
            "Idempotency-Key: slow\r\nContent-Length: 100\r\n\r\n{\"cust");
  place();
  const auto answer = slow.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_THAT(answer->body, HasSubstr("request-too-slow"));
}

}  // namespace
}  // namespace shop::order
