#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "service_fixture.hpp"
#include "shop/inventory/v1/inventory.contract.hpp"
#include "shop/inventory/v1/inventory.pb.h"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/contract/codec.hpp"

namespace shop::inventory::testing {

using waybill::http::testing::RawAnswer;
using waybill::message::Envelope;

using Lines = std::vector<std::pair<std::string, std::uint32_t>>;

/// An order of one saga.
struct Order {
  waybill::base::Uuid saga = waybill::base::new_uuid_v7();
  std::string id = waybill::base::new_uuid_v7().to_string();
};

/// What an answer says; a failure where it is of another type.
template <class T>
T read(const Envelope& envelope) {
  auto message = waybill::contract::Codec().decode<T>(envelope);
  if (message) return *std::move(message);
  ADD_FAILURE() << "a " << envelope.type << " came: " << envelope.payload;
  return {};
}

/// The inventory as a program, with a database and a virtual host of its own.
class InventoryFixture : public waybill::service::testing::ServiceFixture {
 protected:
  InventoryFixture();

  // What an order's saga sends; each call makes another message of the same reference.
  static Envelope reserve(const Order& order, const Lines& lines);
  static Envelope confirm(const Order& order, const std::string& reservation_id);
  static Envelope release(const Order& order);

  RawAnswer put_product(const std::string& sku, std::int64_t price,
                        const std::string& currency = "EUR") const;
  RawAnswer restock(const std::string& sku, std::int64_t quantity) const;
  /// With so many of it.
  void have(const std::string& sku, std::int64_t quantity, std::int64_t price = 100,
            const std::string& currency = "EUR") const;

  /// Sends a command and waits for its answer.
  Envelope ask(const Envelope& command) const;
  /// What the service's database says: the one row of a query.
  std::string row(const std::string& query) const;
  /// How many there are: "available reserved sold".
  std::string stock(const std::string& sku) const;
};

}  // namespace shop::inventory::testing
