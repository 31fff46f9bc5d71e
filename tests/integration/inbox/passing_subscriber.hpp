#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "waybill/message/subscriber.hpp"

namespace waybill::inbox::testing {

/// Passes everything on to another one. A test overrides what it changes, or wants to hear of.
class PassingSubscriber : public message::Subscriber {
 public:
  explicit PassingSubscriber(std::unique_ptr<message::Subscriber> to) : to_(std::move(to)) {}

  std::vector<message::Delivery> receive(std::size_t most, base::Deadline deadline) override {
    return to_->receive(most, deadline);
  }
  std::size_t settle(std::span<const message::DeliveryTag> tags, message::Settlement settlement) override {
    return to_->settle(tags, settlement);
  }
  void stop_receiving() override { to_->stop_receiving(); }
  void close() override { to_->close(); }

 private:
  std::unique_ptr<message::Subscriber> to_;
};

}  // namespace waybill::inbox::testing
