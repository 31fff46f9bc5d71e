#include "depot_fixture.hpp"

namespace waybill::guide {

DepotFixture::DepotFixture()
    : ServiceFixture({.name = "depot",
                      .program = WAYBILL_GUIDE_DEPOT_PROGRAM,
                      .manifest = WAYBILL_GUIDE_DEPOT "/topology.json",
                      .scopes = {"depot:read", "depot:write"}}) {}

std::optional<http::testing::RawAnswer> DepotFixture::deliver(const std::string& key, const std::string& sku,
                                                              int quantity) const {
  const auto body = R"({"sku": ")" + sku + R"(", "quantity": )" + std::to_string(quantity) + "}";
  return ask_api(
      http::testing::post("/api/v1/deliveries", body, bearer() + "Idempotency-Key: " + key + "\r\n"));
}

std::int64_t DepotFixture::available(const std::string& sku) const {
  return std::stoll(database_.sql("SELECT coalesce(sum(available), 0) FROM goods WHERE sku = '" + sku + "'"));
}

}  // namespace waybill::guide
