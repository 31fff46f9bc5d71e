#include <gtest/gtest.h>

#include "waybill/http/api_keys.hpp"

namespace waybill::http {
namespace {

/// The key; "none", or "refused".
std::string presented(const std::vector<std::pair<std::string, std::string>>& fields) {
  Headers headers;
  for (const auto& [name, value] : fields) headers.add(name, value);
  const auto key = presented_key(headers);
  if (!key) {
    EXPECT_EQ(key.error().status, 400);
    EXPECT_EQ(key.error().name, "key-ambiguous");
    EXPECT_EQ(key.error().detail.find("s3cret"), std::string::npos);
    return "refused";
  }
  return *key ? "'" + std::string(**key) + "'" : "none";
}

TEST(PresentedKey, is_a_bearer_token_or_a_field_of_its_own) {
  EXPECT_EQ(presented({{"Host", "x"}, {"Authorization", "Bearer wb_a_b"}}), "'wb_a_b'");
  EXPECT_EQ(presented({{"authorization", "bEARER  wb_a_b"}}), "'wb_a_b'");
  EXPECT_EQ(presented({{"x-api-key", "wb_a_b"}}), "'wb_a_b'");
}

TEST(PresentedKey, is_none_without_these_or_with_other_credentials) {
  EXPECT_EQ(presented({}), "none");
  EXPECT_EQ(presented({{"Authorization", "Basic czNjcmV0"}}), "none");
  EXPECT_EQ(presented({{"Authorization", "Bearerwb_a_b"}}), "none");
  EXPECT_EQ(presented({{"Authorization", ""}}), "none");
}

// An empty key is one that was meant to be there: it is nobody's, and not as good as none.
TEST(PresentedKey, may_be_empty) {
  EXPECT_EQ(presented({{"Authorization", "Bearer"}}), "''");
  EXPECT_EQ(presented({{"X-API-Key", ""}}), "''");
}

// A proxy adds its key to the client's: whose request is it?
TEST(PresentedKey, two_of_them_are_refused_even_when_they_are_the_same) {
  EXPECT_EQ(presented({{"Authorization", "Bearer s3cret"}, {"X-API-Key", "s3cret"}}), "refused");
  EXPECT_EQ(presented({{"X-API-Key", "s3cret"}, {"X-API-Key", "other"}}), "refused");
  EXPECT_EQ(presented({{"Authorization", "Bearer s3cret"}, {"Authorization", "Bearer s3cret"}}), "refused");
  EXPECT_EQ(presented({{"Authorization", "Basic x"}, {"X-API-Key", "other"}}), "'other'");
}

}  // namespace
}  // namespace waybill::http
