#include <gmock/gmock.h>

#include <array>
#include <atomic>
#include <mutex>
#include <stdexcept>

#include "inbox/inbox_fixture.hpp"
#include "runbook.hpp"
#include "waybill/amqp/manifest.hpp"
#include "waybill/amqp/topology.hpp"
#include "waybill/message/wire_format.hpp"
#include "waybill/runtime/url.hpp"
#include "waybill/servers/broker_address.hpp"
#include "waybill/testkit/eventually.hpp"

// What docs/runbooks/dead-letters.md tells an operator to type does what it says, with a service of this
// library behind the queue.

namespace waybill::inbox::testing {
namespace {

using runbook::testing::Runbook;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string queue = "inventory.commands";

class DeadLetters : public InboxFixture {
 protected:
  DeadLetters() {
    const auto topology = amqp::load_manifest(WAYBILL_SHOP_MANIFEST).value().topology();
    amqp::set_up_topology(amqp::Options::for_urls({broker_.url()}), {topology, amqp::TopologyMode::declare},
                          soon());
  }

  std::map<std::string, std::string> here() const {
    const auto management = runtime::Url::parse(servers::shared_broker().management_url).value();
    return {{"vhost=shop", "vhost=" + broker_.name()},
            {"hostname = localhost", "hostname = " + management.host().name},
            {"port = 15672", "port = " + std::to_string(management.host().port.value_or(0))},
            {"username = operator", "username = " + management.user},
            {"password = secret", "password = " + management.password.value_or("")}};
  }

  static message::Address to(const std::string& service) {
    return {message::Exchange{"commands"}, message::RoutingKey{service}};
  }
  void expire(const std::string& service, const message::Envelope& command) const {
    const auto wire = message::write_envelope(command);
    EXPECT_TRUE(broker_.publish_expiring(to(service), wire, std::chrono::milliseconds{1}));
  }
  bool has_dead_letters(std::size_t count) const {
    return testkit::eventually([&] { return broker_.counts(queue + ".dlq").ready == count; });
  }

  /// A handler that fails until it is mended, and remembers what it was given then.
  Handlers handlers() {
    Handlers handlers;
    handlers.on<ReleaseStock>([this](const ReleaseStock& command, Scope& scope) {
      if (!is_mended_) throw std::runtime_error("shelf " + command.order_id() + " is locked");
      write_effect(command, scope);
      const std::lock_guard lock(mutex_);
      handled_.insert_or_assign(command.order_id(), scope.message());
    });
    return handlers;
  }
  message::Envelope handled(const std::string& text) {
    const std::lock_guard lock(mutex_);
    return handled_.at(text);
  }
  static ConsumerOptions options() {
    auto options = InboxFixture::options(queue);
    options.retries = {.attempts = 2, .initial = 10ms, .maximum = 10ms, .multiplier = 1.0};
    return options;
  }

  Runbook runbook_{"dead-letters.md", here()};
  std::atomic<bool> is_mended_ = false;
  std::mutex mutex_;
  std::map<std::string, message::Envelope> handled_;
};

// One command after the other in the page's order: each finds what the ones before it have left.
TEST_F(DeadLetters, are_seen_replayed_and_dropped_as_the_runbook_says) {
  broker_.delete_queue("payment.commands.dlq");
  expire("payment", command("held"));
  expire("inventory", command("late"));
  EXPECT_TRUE(has_dead_letters(1));
  const auto relaying = relay();
  Consumer consumer(options(), pool_, sender_, handlers(), subscribe(queue));
  auto rubbish = message::write_envelope(command("x"));
  rubbish.body = "{\"orderId\": ";
  send_raw("inventory", {rubbish});
  EXPECT_TRUE(has_dead_letters(2));
  auto seven = command("7", "order-7");
  seven.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  seven.headers["tenant"] = "blue";
  send("inventory", {seven});
  EXPECT_TRUE(has_dead_letters(3));
  const auto eight = command("8");
  send("inventory", {eight});
  EXPECT_TRUE(has_dead_letters(4));

  EXPECT_TRUE(runbook_.prints("what the commands below need"));
  EXPECT_TRUE(runbook_.comes_to_print("how many dead letters each queue has"));
  EXPECT_TRUE(runbook_.comes_to_print("what the broker holds because its dead-letter queue is missing"));
  EXPECT_TRUE(runbook_.prints("all dead letters of the queue, without taking them"));
  EXPECT_TRUE(runbook_.prints("all dead letters of the queue, without taking them")) << "a look took one";

  // The one that expired is replayed alone, the rubbish dropped, the others replayed together.
  is_mended_ = true;
  EXPECT_TRUE(runbook_.prints("the first is handled again"));
  EXPECT_TRUE(comes_to("SELECT string_agg(text, ',') FROM effect", "late"));
  EXPECT_TRUE(runbook_.comes_to_print("which moves are under way"));
  EXPECT_TRUE(runbook_.comes_to_print("the first dead letter of the queue"));
  EXPECT_TRUE(runbook_.prints("the first is dropped"));

  // Somebody was quicker with one of them.
  auto copy = message::write_envelope(eight);
  copy.headers.emplace_back("attempt", std::int64_t{3});
  EXPECT_TRUE(broker_.publish({message::Exchange{"retry"}, message::RoutingKey{queue}}, copy));
  EXPECT_TRUE(comes_to("SELECT string_agg(text, ',' ORDER BY number) FROM effect", "late,8"));
  EXPECT_TRUE(runbook_.prints("the second comes to the front"));
  EXPECT_TRUE(runbook_.comes_to_print("which moves are under way"));
  EXPECT_TRUE(runbook_.prints("all are handled again"));
  EXPECT_TRUE(runbook_.comes_to_print("what is left"));
  EXPECT_TRUE(comes_to("SELECT string_agg(text, ',' ORDER BY number) FROM effect", "late,8,7"));
  const auto replayed = handled("7");
  EXPECT_EQ(replayed.id, seven.id);
  EXPECT_EQ(replayed.source, seven.source);
  EXPECT_EQ(replayed.subject, seven.subject);
  EXPECT_EQ(replayed.correlation_id, seven.correlation_id);
  EXPECT_EQ(replayed.traceparent, seven.traceparent);
  EXPECT_EQ(replayed.headers, seven.headers);
  EXPECT_EQ(replayed.attempt, 3U) << "one more than were used";

  is_mended_ = false;
  send("inventory", {command("9")});
  EXPECT_TRUE(has_dead_letters(1));
  EXPECT_TRUE(runbook_.prints("all are dropped, a thousand at a time"));
  EXPECT_TRUE(runbook_.prints("all are dropped, unseen"));
  EXPECT_THAT(broker_.take(queue + ".dlq", 1), IsEmpty());
  runbook_.type("move $queue.dlq $queue 5");
  EXPECT_TRUE(runbook_.comes_to_print("how the moves fare")) << "it should wait for more";
  EXPECT_TRUE(runbook_.prints("a move is called off"));
  EXPECT_TRUE(runbook_.comes_to_print("which moves are under way"));
  EXPECT_THAT(runbook_.left(), IsEmpty());
  EXPECT_EQ(effects_written(), 3);
}

TEST_F(DeadLetters, have_each_of_their_reasons_and_headers_explained) {
  constexpr std::array reasons{Reason::unreadable,    Reason::unknown_type,  Reason::no_handler,
                               Reason::out_of_time,   Reason::other_payload, Reason::permanent,
                               Reason::attempts_used, Reason::crashed,       Reason::never_returned};
  for (const auto reason : reasons) {
    EXPECT_THAT(runbook_.text(), HasSubstr("\n| `" + std::string(to_string(reason)) + "` | "));
  }
  const auto relaying = relay();
  Consumer consumer(options(), pool_, sender_, handlers(), subscribe(queue));
  send("inventory", {command("a")});
  const auto letters = dead_letters(queue, 1);
  ASSERT_THAT(letters, SizeIs(1));
  for (const auto& [name, value] : letters.at(0).headers) {
    if (!name.starts_with("waybill-")) continue;
    EXPECT_THAT(runbook_.text(), HasSubstr("`" + name + "`"));
  }
}

// A shovel declares what it does not find, as something else than the topology wants.
TEST_F(DeadLetters, stay_where_they_are_when_a_queue_is_misspelt) {
  expire("inventory", command("late"));
  EXPECT_TRUE(has_dead_letters(1));
  broker_.delete_queue(queue);
  EXPECT_THAT(runbook_.prints("all are handled again").message(),
              HasSubstr("there is no queue inventory.commands: nothing is moved"));
  EXPECT_EQ(broker_.counts(queue + ".dlq").ready, 1U);
}

TEST(Promise, of_a_page_is_fitted_by_what_it_says_and_by_nothing_else) {
  using runbook::testing::fits;
  EXPECT_TRUE(fits("", ""));
  EXPECT_TRUE(fits("a 1 b", "a … b"));
  EXPECT_TRUE(fits("a 1 b 2", "a … b …"));
  EXPECT_TRUE(fits("1", "…"));
  EXPECT_FALSE(fits("a", ""));
  EXPECT_FALSE(fits("x a 1 b", "a … b"));
  EXPECT_FALSE(fits("a 1 b x", "a … b"));
  EXPECT_FALSE(fits("ab", "ab…b"));
}

}  // namespace
}  // namespace waybill::inbox::testing
