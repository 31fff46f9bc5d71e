#pragma once

#include <gtest/gtest.h>

#include "traffic_pair.hpp"
#include "waybill/servers/disposable_broker.hpp"
#include "waybill/servers/test_virtual_host.hpp"

namespace waybill::amqp::tests {

/// Cases that break a broker, which all of them share, since it takes seconds to start: each leaves it as it
/// was.
class OwnBroker : public testing::Test {
 protected:
  OwnBroker();

  static servers::DisposableBroker& broker();
  /// With a heartbeat of a second.
  Options connection() const;

  const servers::TestVirtualHost host_;
};

}  // namespace waybill::amqp::tests
