#include <gmock/gmock.h>

#include <atomic>
#include <latch>
#include <optional>
#include <thread>

#include "inbox_fixture.hpp"
#include "quarantine.hpp"
#include "waybill/inbox/fault.hpp"
#include "waybill/testkit/eventually.hpp"

// Messages that may have ended a process are handled alone, and counted as its end only if they were at work.

namespace waybill::inbox::testing {
namespace {

class Suspects : public InboxFixture {
 protected:
  /// Whoever had them has not settled them.
  void send_suspects(const std::vector<std::string>& texts) {
    for (const auto& text : texts) send("stock", {command(text)});
    const auto before = subscribe("stock")();
    std::size_t taken = 0;
    while (taken < texts.size()) taken += before->receive(10, soon()).size();
    before->close();
  }
  /// Its handler waits for `go_on_`.
  Consumer gated() {
    Handlers handlers;
    handlers.on<ReleaseStock>([this](const ReleaseStock& command, Scope& scope) {
      ++at_work_;
      go_on_.wait();
      write_effect(command, scope);
    });
    return Consumer(options("stock"), pool_, sender_, std::move(handlers), subscribe("stock", 1));
  }

  std::latch go_on_{1};
  std::atomic<int> at_work_ = 0;
};

// A stop is no crash, whatever the consumer had begun.
TEST_F(Suspects, that_a_stop_keeps_from_their_end_are_not_blamed_for_it) {
  std::atomic<int> calls = 0;
  std::atomic<bool> is_closed = true;
  send("stock", {command("a")});
  const auto start = [&] {
    Handlers handlers;
    handlers.on<ReleaseStock>([&](const ReleaseStock& command, Scope& scope) {
      ++calls;
      if (is_closed) throw Pause("the warehouse is closed", 20ms);
      write_effect(command, scope);
    });
    return Consumer(options("stock"), pool_, sender_, std::move(handlers), subscribe("stock"));
  };
  for (int stop = 0; stop < 3; ++stop) {
    const auto before = calls.load();
    const Consumer consumer = start();
    EXPECT_TRUE(testkit::eventually([&] { return calls > before; }));
  }
  EXPECT_EQ(database_.sql("SELECT begun_by FROM waybill.attempt"), "{}\n");
  is_closed = false;
  const Consumer consumer = start();
  EXPECT_TRUE(have_effects(1));
}

TEST_F(Suspects, are_alone_no_longer_than_their_consumer_works) {
  send_suspects({"a"});
  Consumer stopped = gated();
  EXPECT_TRUE(testkit::eventually([&] { return at_work_ == 1; }));
  std::jthread stopping([&] { stopped.stop(); });
  go_on_.count_down();
  stopping.join();
  const Consumer other = gated();
  send("stock", {command("b")});
  EXPECT_TRUE(have_effects(2));
}

// Should the one at work end the process, the one that waits is not counted for it.
TEST_F(Suspects, that_wait_to_be_alone_are_not_begun) {
  send_suspects({"a", "b"});
  const Consumer one = gated();
  const Consumer other = gated();
  EXPECT_TRUE(testkit::eventually([&] { return at_work_ == 1 && Quarantine::of_process().waiting() == 1; }));
  EXPECT_EQ(count("waybill.attempt"), 1) << "the one at work";
  go_on_.count_down();
  EXPECT_TRUE(have_effects(2));
}

}  // namespace
}  // namespace waybill::inbox::testing
