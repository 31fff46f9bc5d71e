#include "inventory_fixture.hpp"

namespace shop::inventory::testing {

InventoryFixture::InventoryFixture()
    : ServiceFixture({.name = "inventory",
                      .program = INVENTORY_PROGRAM,
                      .manifest = INVENTORY_MANIFEST,
                      .scopes = {"products:read", "products:write", "reservations:read"}}) {}

Envelope InventoryFixture::reserve(const Order& order, const Lines& lines) {
  v1::ReserveStock command;
  command.set_order_id(order.id);
  for (const auto& [sku, quantity] : lines) {
    auto& line = *command.add_lines();
    line.set_sku(sku);
    line.set_quantity(quantity);
  }
  return envelope_of(command, {order.saga, "reserve", 1});
}

Envelope InventoryFixture::confirm(const Order& order, const std::string& reservation_id) {
  v1::ConfirmReservation command;
  command.set_order_id(order.id);
  command.set_reservation_id(reservation_id);
  return envelope_of(command, {order.saga, "confirm", 1});
}

Envelope InventoryFixture::release(const Order& order) {
  v1::ReleaseStock command;
  command.set_order_id(order.id);
  return envelope_of(command, {order.saga, "reserve", 1});
}

RawAnswer InventoryFixture::put_product(const std::string& sku, std::int64_t price,
                                        const std::string& currency) const {
  return put("/api/v1/products/" + sku, R"({"name": "The )" + sku + R"(", "price": {"minor_units": )" +
                                            std::to_string(price) + R"(, "currency": ")" + currency +
                                            R"("}})");
}

RawAnswer InventoryFixture::restock(const std::string& sku, std::int64_t quantity) const {
  return post("/api/v1/products/" + sku + "/restock", R"({"quantity": )" + std::to_string(quantity) + "}");
}

void InventoryFixture::have(const std::string& sku, std::int64_t quantity, std::int64_t price,
                            const std::string& currency) const {
  ASSERT_EQ(put_product(sku, price, currency).status, 201);
  ASSERT_EQ(restock(sku, quantity).status, 200);
}

Envelope InventoryFixture::ask(const Envelope& command) const {
  send_command(command);
  return take_replies(1).at(0);
}

std::string InventoryFixture::row(const std::string& query) const {
  auto text = database_.sql(query);
  return text.erase(text.find_last_not_of('\n') + 1);
}

std::string InventoryFixture::stock(const std::string& sku) const {
  return row("SELECT concat_ws(' ', available, reserved, sold) FROM product WHERE sku = '" + sku + "'");
}

}  // namespace shop::inventory::testing
