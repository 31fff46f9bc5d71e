#include "watch/routing.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "waybill/servers/test_virtual_host.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::outbox {
namespace {

// The relay decides by itself which events a binding has carried; the broker did before.
TEST(Routing, by_a_pattern_is_what_the_broker_makes_of_it) {
  const std::vector<std::string> patterns{"",    "#",     "*",   "*.*",   "a",     "a.*",  "a.#",
                                          "#.b", "#.b.#", "*.#", "a.#.b", "a.*.b", "#.#",  "a..b",
                                          "*.",  ".*",    "a#",  "a.b.",  "*.*.#", "#.*.#"};
  const std::vector<std::string> keys{"", "a", "b", "a.b", "b.a", "a.b.c", "a..b", ".", "a.", ".a", "a.x.b"};
  const servers::TestVirtualHost broker;
  broker.declare_exchange("patterns", "topic");
  for (std::size_t n = 0; n < patterns.size(); ++n) {
    broker.declare_queue("p" + std::to_string(n), {{"x-queue-type", std::string("classic")}});
    broker.bind({"patterns", "p" + std::to_string(n), patterns[n]});
  }
  for (const auto& key : keys) {
    message::WireMessage message;
    message.body = key;
    broker.publish({message::Exchange{"patterns"}, message::RoutingKey{key}}, message);
  }
  for (std::size_t n = 0; n < patterns.size(); ++n) {
    std::multiset<std::string> expected;
    for (const auto& key : keys) {
      if (outbox::matches_topic(patterns[n], key)) expected.insert(key);
    }
    std::multiset<std::string> taken;
    EXPECT_TRUE(testkit::eventually([&] {
      for (auto& each : broker.take("p" + std::to_string(n), 100)) taken.insert(std::move(each.body));
      return taken.size() >= expected.size();
    }));
    EXPECT_EQ(taken, expected) << "by the pattern '" << patterns[n] << "'";
  }
}

}  // namespace
}  // namespace waybill::outbox
