#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "service_fixture.hpp"
#include "shop/notification/v1/notification.pb.h"
#include "shop/order/v1/order.pb.h"
#include "waybill/base/uuid_v7.hpp"

namespace shop::notification {

/// The service as a program, and what it leaves behind: rows, messages on the topic exchange, files.
class NotificationFixture : public waybill::service::testing::ServiceFixture {
 protected:
  NotificationFixture();

  /// Which queues it consumes.
  std::map<std::string, std::string> workers(const std::string& names) const;
  std::filesystem::path mail() const { return directory_.path() / "mail"; }
  std::size_t count_files(const std::string& channel) const;
  /// Of the only file there.
  std::string only_file(const std::string& channel) const;

  /// Rows, as "confirmed email delivered", in the order of these words.
  std::string rows() const;
  std::size_t count_rows(const std::string& status) const;

  static order::v1::Contact everywhere();
  static order::v1::OrderPlaced placed(const std::string& customer = "ada");
  static order::v1::OrderConfirmed confirmed(const std::string& customer = "ada");
  static order::v1::OrderCancelled cancelled(const std::string& customer = "ada");

  /// Straight to a channel's worker, as a relay would send it.
  void request(const v1::NotificationRequested& request) const;
  /// What is requested of a channel whose worker does not run.
  v1::NotificationRequested take_request(const std::string& channel) const;
};

}  // namespace shop::notification
