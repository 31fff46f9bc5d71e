#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "modules.hpp"
#include "running/service_process.hpp"
#include "settings/service_settings.hpp"
#include "waybill/postgres/migrations.hpp"
#include "waybill/servers/listening_port.hpp"
#include "waybill/servers/test_database.hpp"
#include "waybill/servers/test_virtual_host.hpp"
#include "waybill/telemetry/log_capture.hpp"
#include "waybill/testkit/eventually.hpp"

// What a service keeps beside, and how it ends when something goes wrong, inside the test's own process.

namespace waybill::service {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class KeptParts : public ::testing::Test {
 protected:
  KeptParts() {
    const auto modules = all_migrations(description_);
    postgres::migrate_up(service_settings(configuration(), description_).database, modules,
                         base::Deadline::after(30s));
  }

  runtime::Configuration configuration() const {
    const std::map<std::string, std::string> variables{
        {"WAYBILL_POSTGRES_URL", database_.url()},
        {"WAYBILL_POSTGRES_ALLOW_UNSAFE_DURABILITY", "true"},
        {"WAYBILL_RABBITMQ_URL", broker_.url()},
        {"WAYBILL_HTTP_ADDRESS", "127.0.0.1:" + std::to_string(http_port_)},
        {"WAYBILL_ADMIN_ADDRESS", "127.0.0.1:" + std::to_string(admin_port_)}};
    return runtime::load(service_schema(description_), {.file = {}, .environment = variables}).value();
  }
  /// A part that says when it is started and stopped.
  void keep(ServiceProcess& process, const std::string& name) {
    process.keep(name, [this, name] {
      say("start " + name);
      return [this, name](base::Deadline) { say("stop " + name); };
    });
  }
  void say(const std::string& what) {
    const std::lock_guard lock(mutex_);
    said_.push_back(what);
  }
  std::vector<std::string> said() {
    const std::lock_guard lock(mutex_);
    return said_;
  }

  const Description description_{
      .name = "kept", .version = "1", .about = "Keeps.", .migrations = {}, .settings = {}};
  servers::TestDatabase database_;
  servers::TestVirtualHost broker_;
  const std::uint16_t http_port_ = servers::free_port();
  const std::uint16_t admin_port_ = servers::free_port();

 private:
  std::mutex mutex_;
  std::vector<std::string> said_;
};

TEST_F(KeptParts, begin_in_their_order_and_end_in_the_reverse_one) {
  ServiceProcess process(description_, configuration());
  keep(process, "one");
  keep(process, "two");
  process.keep("asks for the end", [] {
    ::kill(::getpid(), SIGTERM);
    return [](base::Deadline) {};
  });
  process.run();
  EXPECT_THAT(said(), ElementsAre("start one", "start two", "stop two", "stop one"));
}

TEST_F(KeptParts, whose_stop_throws_do_not_keep_the_others_from_theirs) {
  const telemetry::LogCapture log;
  ServiceProcess process(description_, configuration());
  keep(process, "one");
  process.keep("bad", [] {
    ::kill(::getpid(), SIGTERM);
    return [](base::Deadline) { throw std::runtime_error("will not"); };
  });
  process.run();
  EXPECT_THAT(said(), ElementsAre("start one", "stop one"));
  EXPECT_EQ(log.field("kept_part_did_not_stop", "part"), "bad");
}

TEST_F(KeptParts, are_stopped_also_when_a_later_one_cannot_begin) {
  {
    ServiceProcess process(description_, configuration());
    keep(process, "one");
    process.keep("bad", []() -> Service::Stop { throw std::runtime_error("cannot begin"); });
    EXPECT_THAT([&] { process.run(); },
                ::testing::ThrowsMessage<std::runtime_error>(HasSubstr("cannot begin")));
  }
  EXPECT_THAT(said(), ElementsAre("start one", "stop one"));
}

// What was found wrong long after the start is no reason not to start it again.
TEST_F(KeptParts, that_find_an_argument_wrong_are_no_refused_configuration) {
  ServiceProcess process(description_, configuration());
  process.keep("bad", []() -> Service::Stop { throw std::invalid_argument("not a number"); });
  EXPECT_THROW(process.run(), std::runtime_error);
}

TEST_F(KeptParts, of_a_service_that_consumes_a_queue_twice_never_begin) {
  ServiceProcess process(description_, configuration());
  process.consume("q", inbox::Handlers());
  EXPECT_THROW(process.consume("q", inbox::Handlers()), std::invalid_argument);
}

}  // namespace
}  // namespace waybill::service
