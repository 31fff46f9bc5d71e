#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "service_fixture.hpp"

namespace waybill::guide {

using namespace std::chrono_literals;

/// The service of docs/guide/service-in-40-lines.md.
class DepotFixture : public service::testing::ServiceFixture {
 protected:
  DepotFixture();

  std::optional<http::testing::RawAnswer> deliver(const std::string& key, const std::string& sku,
                                                  int quantity) const;
  std::int64_t available(const std::string& sku) const;
};

}  // namespace waybill::guide
