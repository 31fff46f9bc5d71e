#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "service_fixture.hpp"
#include "shop/payment/v1/payment.contract.hpp"
#include "shop/payment/v1/payment.pb.h"
#include "waybill/base/uuid.hpp"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/message/envelope.hpp"

namespace shop::payment {

namespace message = waybill::message;
using waybill::base::new_uuid_v7;

/// The payment service as a program, and an order service that is this test.
class PaymentFixture : public waybill::service::testing::ServiceFixture {
 protected:
  PaymentFixture();

  struct Order {
    std::string id = new_uuid_v7().to_string();
    message::SagaReference saga{new_uuid_v7(), "pay", 1};
  };
  static message::Envelope charge_of(const Order& order, const std::string& token,
                                     std::int64_t minor_units = 1999, const std::string& currency = "EUR");
  static message::Envelope refund_of(const Order& order);
  void charge(const Order& order, const std::string& token, std::int64_t minor_units = 1999) const {
    send_command(charge_of(order, token, minor_units));
  }
  void refund(const Order& order) const { send_command(refund_of(order)); }

  v1::PaymentCharged take_charged() const { return take_one<v1::PaymentCharged>(); }
  v1::PaymentDeclined take_declined() const { return take_one<v1::PaymentDeclined>(); }
  v1::PaymentRefunded take_refunded() const { return take_one<v1::PaymentRefunded>(); }

  /// "charged|1" for a state and how many transfers.
  std::string state_of(const Order& order) const;
  std::string ledger() const;  ///< "provider:clearing EUR 1999|shop:revenue EUR -1999"
  nlohmann::json get_json(const std::string& target) const;

 private:
  template <class T>
  T take_one() const;
};

}  // namespace shop::payment
