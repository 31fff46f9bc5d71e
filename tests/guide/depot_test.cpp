#include <gmock/gmock.h>
#include <signal.h>

#include <nlohmann/json.hpp>
#include <string>

#include "depot/v1/depot.contract.hpp"
#include "depot/v1/depot.pb.h"
#include "depot_fixture.hpp"
#include "guide_page.hpp"
#include "waybill/testkit/eventually.hpp"

// The service of docs/guide/service-in-40-lines.md: the page shows what is compiled, and it does what the
// page says.

namespace waybill::guide {
namespace {

using http::testing::post;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string depot_folder = WAYBILL_GUIDE_DEPOT "/";

TEST(DepotPage, shows_the_files_as_they_are) {
  const auto page = read_file(WAYBILL_GUIDE_DEPOT_PAGE);
  for (const auto& [kind, file] :
       {std::pair{"proto", "depot/v1/depot.proto"}, std::pair{"json", "topology.json"},
        std::pair{"cpp", "main.cpp"}, std::pair{"cmake", "CMakeLists.txt"},
        std::pair{"sql", "migrations/0001_goods.sql"}}) {
    EXPECT_THAT(page,
                HasSubstr(std::string("\n```") + kind + "\n" + read_file(depot_folder + file) + "```\n"));
  }
}

class Depot : public DepotFixture {
 protected:
  void hand_out(const std::string& sku, int quantity) {
    depot::v1::HandOut command;
    command.set_sku(sku);
    command.set_quantity(quantity);
    auto envelope = envelope_of(command);
    envelope.reply_to = "shop";
    send_command(envelope);
  }
};

TEST_F(Depot, answers_every_executables_words) {
  const auto help = run({"--help"}, {});
  EXPECT_EQ(help.status, 0);
  EXPECT_THAT(help.text, AllOf(HasSubstr("usage: depot"), HasSubstr("Keeps goods."), HasSubstr("migrate"),
                               HasSubstr("WAYBILL_HTTP_ADDRESS"), HasSubstr("WAYBILL_POSTGRES_URL")));
  EXPECT_EQ(run({"--version"}, {}).text, "depot 1.0.0\n");
  auto with_password = variables();
  with_password["WAYBILL_POSTGRES_URL"] = "postgresql://me:s3cret@127.0.0.1/depot";
  const auto shown = run({"config", "show"}, with_password);
  EXPECT_EQ(shown.status, 0);
  EXPECT_THAT(shown.text, AllOf(HasSubstr("http.address"), HasSubstr("environment WAYBILL_HTTP_ADDRESS"),
                                HasSubstr("********"), Not(HasSubstr("s3cret"))));
  EXPECT_TRUE(nlohmann::json::accept(run({"config", "show", "--json"}).text));
  const auto unknown = run({"migrat"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.text, HasSubstr("'migrat' is not a command; did you mean 'migrate'?"));
  const auto bare = run({}, {});
  EXPECT_EQ(bare.status, 2);
  EXPECT_THAT(bare.text, HasSubstr("postgres.url"));
  const auto key = run({"new-key", "web"}, {});
  EXPECT_EQ(key.status, 0);
  EXPECT_THAT(key.text, HasSubstr("wb_web_"));
}

TEST_F(Depot, checks_what_it_needs_and_says_what_is_missing) {
  auto checked = run({"check"});
  EXPECT_EQ(checked.status, 1);
  EXPECT_THAT(checked.text, AllOf(HasSubstr("ok    database  PostgreSQL 15"), HasSubstr("FAIL  tables"),
                                  HasSubstr("run 'depot migrate'"), HasSubstr("depot cannot run")));
  EXPECT_THAT(run({"migrate"}).text,
              AllOf(HasSubstr("applied outbox 0001_outbox"), HasSubstr("applied depot 0001_goods")));
  EXPECT_EQ(run({"migrate"}).text, "nothing to do: all tables are up to date\n");
  checked = run({"check"});
  EXPECT_EQ(checked.status, 0) << checked.text;
  EXPECT_THAT(checked.text,
              AllOf(HasSubstr("ok    broker"), HasSubstr("ok    topology"), HasSubstr("depot can run")));
  broker_.delete_queue("depot.commands");
  checked = run({"check"});
  EXPECT_EQ(checked.status, 1);
  EXPECT_THAT(checked.text, AllOf(HasSubstr("FAIL  topology"), HasSubstr("depot.commands")));
  auto nowhere = variables();
  nowhere["WAYBILL_POSTGRES_URL"] = "postgresql://me:secret@127.0.0.1:1/depot";
  nowhere["WAYBILL_RABBITMQ_URL"] = "amqp://me:secret@127.0.0.1:1";
  checked = run({"check"}, nowhere);
  EXPECT_EQ(checked.status, 1);
  EXPECT_THAT(checked.text,
              AllOf(HasSubstr("FAIL  database"), HasSubstr("FAIL  broker"), Not(HasSubstr("secret"))));
}

TEST_F(Depot, takes_goods_in_once_shows_them_and_hands_them_out) {
  migrate();
  const auto service = start();
  ASSERT_TRUE(testkit::eventually([&] { return is_ready(); }, [&] { return readiness(); }));
  for (int n = 0; n < 3; ++n) {
    const auto answer = deliver("d-1", "tea", 10);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 201) << answer->body;
    EXPECT_EQ(answer->header("idempotency-replayed"), n == 0 ? "" : "true");
  }
  EXPECT_EQ(deliver("d-1", "tea", 11)->status, 422);
  EXPECT_EQ(deliver("d-2", "", -1)->status, 422);
  EXPECT_EQ(ask_api(http::testing::get("/api/v1/goods/tea", bearer()))->body, R"({"available":10})");
  EXPECT_EQ(ask_api(http::testing::get("/api/v1/goods/tea"))->status, 401);
  EXPECT_EQ(ask_api(http::testing::get("/api/v1/nothing"))->status, 404);
  hand_out("tea", 4);
  hand_out("tea", 7);
  EXPECT_TRUE(testkit::eventually([&] { return broker_.counts("shop.replies").ready == 2; }));
  EXPECT_EQ(available("tea"), 6);
  EXPECT_TRUE(testkit::eventually([&] { return broker_.counts("shop.events").ready == 1; }));
  const auto metrics = ask_admin("/metrics")->body;
  EXPECT_THAT(metrics, AllOf(HasSubstr("waybill_http_answers_total"), HasSubstr("waybill_accept_"),
                             HasSubstr("waybill_health_ready{component=\"broker\"} 1")));
  EXPECT_EQ(ask_admin("/livez")->status, 200);
  service->send(SIGTERM);
  EXPECT_EQ(service->wait(base::Deadline::after(10s)), 0);
}

// The page's key, which everybody has.
TEST_F(Depot, takes_the_development_key_where_it_is_told_to_and_nowhere_else) {
  auto local = variables();
  local["WAYBILL_HTTP_KEYS"] = depot_folder + "keys.json";
  const auto refused = run({}, local);
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.text, AllOf(HasSubstr("'local'"), HasSubstr("development")));
  const auto page = read_file(WAYBILL_GUIDE_DEPOT_PAGE);
  const auto begin = page.find("export KEY=") + std::string("export KEY=").size();
  const auto key = page.substr(begin, page.find(' ', begin) - begin);
  migrate();
  const auto service = start(
      {{"WAYBILL_HTTP_KEYS", depot_folder + "keys.json"}, {"WAYBILL_HTTP_ALLOW_DEVELOPMENT_KEYS", "true"}});
  ASSERT_TRUE(testkit::eventually([&] { return is_ready(); }, [&] { return readiness(); }));
  EXPECT_EQ(ask_api(http::testing::get("/api/v1/goods/tea", "X-API-Key: " + key + "\r\n"))->status, 200);
}

TEST_F(Depot, waits_for_its_tables_and_says_so) {
  const auto service = start();
  EXPECT_TRUE(
      testkit::eventually([&] { return readiness().find("run 'depot migrate'") != std::string::npos; },
                          [&] { return readiness(); }));
  EXPECT_FALSE(ask_api(http::testing::get("/api/v1/goods/tea", bearer())));
  migrate();
  EXPECT_TRUE(testkit::eventually([&] { return is_ready(); }, [&] { return readiness(); }));
  EXPECT_EQ(deliver("d", "tea", 1)->status, 201);
}

TEST_F(Depot, is_not_ready_while_the_topology_is_not_as_described_and_names_what_is_missing) {
  migrate();
  broker_.delete_queue("depot.commands");
  const auto service = start();
  EXPECT_TRUE(testkit::eventually(
      [&] { return readiness().find("queue 'depot.commands' is missing") != std::string::npos; },
      [&] { return readiness(); }));
  EXPECT_EQ(ask_admin("/readyz")->status, 503);
}

TEST_F(Depot, that_waits_for_its_tables_stops_when_it_is_asked_to) {
  const auto service = start();
  ASSERT_TRUE(testkit::eventually([&] { return readiness().find("tables") != std::string::npos; }));
  service->send(SIGTERM);
  EXPECT_EQ(service->wait(base::Deadline::after(10s)), 0);
}

TEST_F(Depot, refuses_settings_that_do_not_go_together_all_at_once) {
  auto wrong = variables();
  wrong["WAYBILL_HTTP_TLS_KEY"] = "/nowhere/key.pem";
  wrong["WAYBILL_HTTP_KEYS"] = "/nowhere/keys.json";
  wrong["WAYBILL_RABBITMQ_TLS_KEY"] = "/nowhere/broker.pem";
  wrong["WAYBILL_HTTP_ADDRESS"] = "localhost:8080";
  const auto refused = run({}, wrong);
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.text,
              AllOf(HasSubstr("http.tls.certificate and http.tls.key"), HasSubstr("/nowhere/keys.json"),
                    HasSubstr("rabbitmq.tls.certificate"), HasSubstr("'localhost' is not an IP address")));
  auto few = variables();
  few["WAYBILL_POSTGRES_CONNECTIONS"] = "4";
  EXPECT_THAT(run({}, few).text, HasSubstr("postgres.connections is 4"));
  auto same = variables();
  same["WAYBILL_ADMIN_ADDRESS"] = same["WAYBILL_HTTP_ADDRESS"];
  EXPECT_THAT(run({}, same).text, HasSubstr("http.address and admin.address are the same"));
}

}  // namespace
}  // namespace waybill::guide
