#include <gmock/gmock.h>

#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>

#include "waybill/servers/broker_address.hpp"
#include "waybill/servers/test_database.hpp"

namespace waybill::servers {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::ThrowsMessage;

/// Another value, or none, for one variable, as long as this lives.
class Altered {
 public:
  Altered(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    set(value);
  }
  ~Altered() { set(before_ ? before_->c_str() : nullptr); }
  Altered(const Altered&) = delete;
  Altered& operator=(const Altered&) = delete;

 private:
  void set(const char* value) const {
    if (value == nullptr) {
      ::unsetenv(name_);
    } else {
      ::setenv(name_, value, 1);
    }
  }

  const char* name_;
  std::optional<std::string> before_;
};

TEST(Environment, without_servers_says_how_to_start_some) {
  const Altered no_broker("WAYBILL_RABBITMQ_URL", nullptr);
  const Altered empty("WAYBILL_POSTGRES_URL", "");
  EXPECT_THAT([] { shared_broker(); },
              ThrowsMessage<std::runtime_error>(AllOf(HasSubstr("WAYBILL_RABBITMQ_URL is not set"),
                                                      HasSubstr("scripts/test"),
                                                      HasSubstr("eval \"$(scripts/stack env)\""))));
  EXPECT_THAT([] { TestDatabase{}; },
              ThrowsMessage<std::runtime_error>(HasSubstr("WAYBILL_POSTGRES_URL is not set")));
}

TEST(Environment, with_a_malformed_url_names_the_variable_and_not_the_password) {
  const Altered malformed("WAYBILL_POSTGRES_URL", "postgresql://waybill:secret@nowhere");
  EXPECT_THAT([] { TestDatabase{}; }, ThrowsMessage<std::runtime_error>(AllOf(
                                          HasSubstr("WAYBILL_POSTGRES_URL"), Not(HasSubstr("secret")))));
}

}  // namespace
}  // namespace waybill::servers
