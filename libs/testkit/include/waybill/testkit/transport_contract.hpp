#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "waybill/message/publisher.hpp"
#include "waybill/message/subscriber.hpp"

namespace waybill::testkit {

/// A transport under test. Each case makes one, so it starts empty: a queue that the address leads to, and
/// nothing else.
class Transport {
 public:
  virtual ~Transport() = default;

  virtual std::unique_ptr<message::Publisher> publisher(std::size_t window) = 0;
  virtual std::unique_ptr<message::Subscriber> subscriber(std::size_t prefetch) = 0;
  /// Leads to the queue that subscriber() reads.
  virtual message::Address address() = 0;
  /// An exchange that exists, with a key that leads nowhere.
  virtual message::Address unroutable_address() = 0;
  virtual message::Address address_of_missing_exchange() = 0;
  /// Breaks every connection of this transport, as a network does.
  virtual void cut_connections() = 0;
};

/// What every Publisher and Subscriber must do, as one parametrised suite:
///   INSTANTIATE_TEST_SUITE_P(RabbitMq, TransportContract, testing::Values(TransportCase{"rabbitmq",
///   make_it}));
struct TransportCase {
  std::string name;
  std::function<std::unique_ptr<Transport>()> make;
};
std::ostream& operator<<(std::ostream& out, const TransportCase& transport_case);

class TransportContract : public testing::TestWithParam<TransportCase> {
 protected:
  void SetUp() override { transport_ = GetParam().make(); }
  std::unique_ptr<Transport> transport_;
};

/// A message with everything set, so that what a transport loses on the way is seen.
message::WireMessage full_message(std::string body);

}  // namespace waybill::testkit
