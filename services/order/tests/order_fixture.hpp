#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "service_fixture.hpp"

namespace shop::order {

/// The service as a program, with the test as inventory and payment.
class OrderFixture : public waybill::service::testing::ServiceFixture {
 protected:
  OrderFixture();

  static std::string wanted(const std::string& sku = "tea", const std::string& token = "tok_ok");
  /// Places one, and says its id.
  std::string place(const std::string& body = wanted()) const;
  nlohmann::json order(const std::string& id) const;
  std::string status(const std::string& id) const { return order(id).at("status"); }
  bool comes_to(const std::string& id, const std::string& status) const;

  /// The next command for a participant.
  waybill::message::Envelope command_to(const std::string& service) const;
  /// Answers it as its participant would.
  void answer(const waybill::message::Envelope& command, const waybill::contract::Payload& reply) const;
  void reserve(const std::string& id) const;
  void charge(const std::string& id) const;
  void confirm(const std::string& id) const;
  void refund(const std::string& id) const;
  void release(const std::string& id) const;
  std::vector<std::string> timeline(const std::string& id) const;
};

}  // namespace shop::order
