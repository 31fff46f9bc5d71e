#include <gmock/gmock.h>
#include <signal.h>

#include <nlohmann/json.hpp>
#include <string>

#include "depot_fixture.hpp"
#include "waybill/amqp/endpoint.hpp"
#include "waybill/runtime/url.hpp"
#include "waybill/servers/fault_proxy.hpp"
#include "waybill/servers/listening_port.hpp"
#include "waybill/testkit/eventually.hpp"

namespace waybill::guide {
namespace {

using ::testing::HasSubstr;

/// Where the server of a URL is.
runtime::HostPort place_in(const std::string& url) {
  const auto begin = url.find('@') + 1;
  return runtime::HostPort::parse(url.substr(begin, url.find('/', begin) - begin)).value();
}

std::string through(const servers::FaultProxy& proxy, const std::string& url) {
  const auto begin = url.find('@') + 1;
  return url.substr(0, begin) + proxy.address().to_string() + url.substr(url.find('/', begin));
}

class Outage : public DepotFixture {
 protected:
  explicit Outage(const std::string& stop_within = "3s") {
    migrate();
    service_ = start({{"WAYBILL_POSTGRES_URL", through(database_way_, database_.url())},
                      {"WAYBILL_RABBITMQ_URL", through(broker_way_, broker_.url())},
                      {"WAYBILL_HTTP_REQUEST_WITHIN", "6s"},
                      {"WAYBILL_HTTP_OUTBOX_LIMIT", "10"},
                      {"WAYBILL_STOP_WITHIN", stop_within}});
  }
  void SetUp() override {
    ASSERT_TRUE(testkit::eventually([&] { return is_ready(); }, [&] { return readiness(); }));
  }
  /// The names of what is not ready.
  std::vector<std::string> missing() const {
    std::vector<std::string> names;
    const auto report = nlohmann::json::parse(readiness(), nullptr, false);
    if (!report.is_object()) return {"nobody listens"};
    for (const auto& check : report["checks"]) {
      if (!check["ok"]) names.push_back(check["name"]);
    }
    return names;
  }
  bool comes_to_miss(const std::vector<std::string>& names) const {
    return testkit::eventually([&] { return missing() == names; }, [&] { return readiness(); });
  }

  servers::FaultProxy database_way_{place_in(database_.url())};
  servers::FaultProxy broker_way_{place_in(broker_.url())};
  std::unique_ptr<servers::Program> service_;
};

TEST_F(Outage, of_the_broker_is_named_and_costs_no_request) {
  broker_way_.inject(servers::fault::NeverAnswer{});
  broker_way_.inject(servers::fault::CutNow{});
  EXPECT_TRUE(comes_to_miss({"broker", "queue depot.commands"}));
  EXPECT_EQ(ask_admin("/readyz")->status, 503);
  EXPECT_EQ(ask_admin("/livez")->status, 200);
  EXPECT_EQ(deliver("d-1", "tea", 1)->status, 201) << "what is to be sent waits in the outbox";
  broker_way_.heal();
  EXPECT_TRUE(comes_to_miss({}));
  EXPECT_TRUE(testkit::eventually([&] { return broker_.counts("shop.events").ready == 1; }));
}

TEST_F(Outage, of_the_database_is_named_and_refuses_requests_without_an_effect) {
  database_way_.inject(servers::fault::NeverAnswer{});
  database_way_.inject(servers::fault::CutNow{});
  EXPECT_TRUE(testkit::eventually(
      [&] {
        const auto names = missing();
        return std::ranges::find(names, "database") != names.end();
      },
      [&] { return readiness(); }));
  EXPECT_EQ(ask_admin("/livez")->status, 200);
  const auto refused = deliver("d-1", "tea", 1);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_FALSE(refused->header("retry-after").empty());
  EXPECT_THAT(refused->body, ::testing::Not(HasSubstr("127.0.0.1")));
  const auto shown = ask_api(http::testing::get("/api/v1/goods/tea", bearer()));
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->status, 503);
  database_way_.heal();
  EXPECT_TRUE(comes_to_miss({}));
  EXPECT_EQ(deliver("d-1", "tea", 1)->status, 201);
  EXPECT_EQ(available("tea"), 1);
}

// What cannot be sent piles up, and who would add to it is told before anything is written.
TEST_F(Outage, of_the_broker_that_fills_the_outbox_refuses_what_would_add_to_it_and_shows_the_rest) {
  broker_way_.inject(servers::fault::NeverAnswer{});
  broker_way_.inject(servers::fault::CutNow{});
  int taken = 0;
  EXPECT_TRUE(testkit::eventually([&] {
    const auto answer = deliver("d-" + std::to_string(taken), "tea", 1);
    if (answer && answer->status == 201) ++taken;
    return answer && answer->status == 503 && answer->body.find("wait to be sent") != std::string::npos;
  }));
  EXPECT_GT(taken, 10);
  EXPECT_EQ(available("tea"), taken);
  EXPECT_EQ(ask_api(http::testing::get("/api/v1/goods/tea", bearer()))->status, 200);
  broker_way_.heal();
  EXPECT_TRUE(testkit::eventually([&] {
    const auto answer = deliver("after", "tea", 1);
    return answer && answer->status == 201;
  }));
}

// Neither answers, nor refuses: the watchdog ends what waits for it.
TEST_F(Outage, of_a_database_that_falls_silent_ends_an_orderly_stop_in_time) {
  database_way_.inject(servers::fault::StopReading{});
  service_->send(SIGTERM);
  EXPECT_TRUE(service_->wait(base::Deadline::after(20s)).has_value());
}

TEST_F(Outage, of_a_broker_that_falls_silent_ends_an_orderly_stop_in_time) {
  broker_way_.inject(servers::fault::StopReading{});
  ASSERT_EQ(deliver("d-1", "tea", 1)->status, 201);
  service_->send(SIGTERM);
  EXPECT_TRUE(service_->wait(base::Deadline::after(20s)).has_value());
  broker_way_.heal();
  service_ = start();
  EXPECT_TRUE(testkit::eventually([&] { return broker_.counts("shop.events").ready == 1; }));
}

class LongOutage : public Outage {
 protected:
  LongOutage() : Outage("8s") {}
};

// It holds the place of a request that was begun for half the time to stop, and the outbox is sent all the
// same.
TEST_F(LongOutage, of_a_client_in_the_middle_of_its_body_does_not_keep_the_outbox_from_being_sent) {
  http::testing::RawClient slow(http_port_);
  slow.send("POST /api/v1/deliveries HTTP/1.1\r\nHost: depot\r\nContent-Type: application/json\r\n" +
            bearer() + "Idempotency-Key: slow\r\nContent-Length: 40\r\n\r\n{");
  for (int n = 0; n < 8; ++n) ASSERT_EQ(deliver("d-" + std::to_string(n), "tea", 1)->status, 201);
  service_->send(SIGTERM);
  EXPECT_EQ(service_->wait(base::Deadline::after(20s)), 0);
  EXPECT_TRUE(testkit::eventually([&] { return broker_.counts("shop.events").ready == 8; }));
}

TEST_F(Outage, of_a_port_that_another_has_is_told_with_status_1) {
  auto second = variables();
  second["WAYBILL_ADMIN_ADDRESS"] = "127.0.0.1:" + std::to_string(servers::free_port());
  const auto ended = run({}, second);
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.text, HasSubstr("cannot listen at 127.0.0.1, port " + std::to_string(http_port_)));
}

}  // namespace
}  // namespace waybill::guide
