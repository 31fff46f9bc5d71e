#include "waybill/service/wanted_bindings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "waybill/amqp/manifest.hpp"

namespace waybill::service {
namespace {

using outbox::ExchangeType;
using outbox::WantedBinding;
using ::testing::Contains;

TEST(WantedBindings, of_a_manifest_have_their_exchanges_types_and_know_by_which_no_event_goes) {
  const auto manifest = amqp::read_manifest(R"({
    "exchanges": {"e": {"type": "fanout"}, "t": {"type": "topic"}, "retry": {"type": "direct"},
                  "dlx": {"type": "direct"}},
    "queues": {"q": {"service": "s", "bindings": [{"exchange": "e"}, {"exchange": "t", "key": "a.#"}]}}})",
                                            "test")
                            .value();
  const auto wanted = wanted_bindings(manifest);
  EXPECT_EQ(wanted.size(), 4U);
  const auto binding = [](const char* exchange, ExchangeType type, const char* queue, const char* key,
                          bool carries) {
    return WantedBinding{message::Exchange{exchange}, type, message::Queue{queue}, message::RoutingKey{key},
                         carries};
  };
  EXPECT_THAT(wanted, Contains(binding("e", ExchangeType::fanout, "q", "", true)));
  EXPECT_THAT(wanted, Contains(binding("t", ExchangeType::topic, "q", "a.#", true)));
  EXPECT_THAT(wanted, Contains(binding("retry", ExchangeType::direct, "q", "q", false)));
  EXPECT_THAT(wanted, Contains(binding("dlx", ExchangeType::direct, "q.dlq", "q.dlq", false)));
}

}  // namespace
}  // namespace waybill::service
