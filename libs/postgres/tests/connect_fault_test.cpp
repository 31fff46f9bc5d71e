#include "connect_fault.hpp"

#include <gtest/gtest.h>

namespace waybill::postgres {
namespace {

const Endpoint endpoint{.host = "db", .port = "5432", .database = "shop", .user = "order"};

TEST(ConnectFault, says_what_where_and_what_to_do_in_one_line) {
  const Fault fault =
      connect_fault(endpoint,
                    "connection to server at \"db\" (10.0.0.1), port 5432 failed: FATAL:  28P01: password "
                    "authentication failed for user \"order\"\nLOCATION:  auth_failed, auth.c:326\n");
  EXPECT_STREQ(fault.what(),
               "cannot connect to PostgreSQL at db:5432, database \"shop\", user \"order\": connection to "
               "server at \"db\" "
               "(10.0.0.1), port 5432 failed: FATAL:  28P01: password authentication failed for user "
               "\"order\". Check the "
               "user and the password in the connection URL, and what pg_hba.conf lets in");
  EXPECT_EQ(fault.sqlstate(), "28P01");
  EXPECT_EQ(fault.kind(), FaultKind::unavailable);
  EXPECT_FALSE(fault.connection_lost()) << "or a wrong password would be tried twice";
}

TEST(ConnectFault, finds_the_sqlstate_in_any_language) {
  EXPECT_EQ(connect_fault(endpoint, "ВАЖНО:  3D000: база данных \"shop\" не существует\n").sqlstate(),
            "3D000");
}

TEST(ConnectFault, takes_no_other_word_for_a_sqlstate) {
  EXPECT_EQ(connect_fault(endpoint, "error:  ABCDE is not: x:  12").sqlstate(), "");
  EXPECT_EQ(connect_fault(endpoint, "").sqlstate(), "");
  EXPECT_EQ(connect_fault(endpoint, ":  12345").sqlstate(), "");
}

TEST(ConnectFault, a_timeout_says_how_long_it_was) {
  EXPECT_STREQ(
      connect_timeout_fault(endpoint, std::chrono::seconds{5}).what(),
      "cannot connect to PostgreSQL at db:5432, database \"shop\", user \"order\": no answer within 5000 ms. "
      "Check "
      "host and port in the connection URL, firewalls on the way, and that the server is not frozen");
}

}  // namespace
}  // namespace waybill::postgres
