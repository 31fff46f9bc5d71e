#include "test_database.hpp"

#include <cstdlib>
#include <stdexcept>

#include "connection.hpp"
#include "waybill/base/uuid_v7.hpp"

namespace waybill::postgres::testing {
namespace {

std::string with_database(std::string url, const std::string& database) {
  const auto host = url.find("://") + 3;
  const auto path = url.find('/', host);
  const auto query = url.find('?', host);
  const std::string parameters = query == std::string::npos ? "" : url.substr(query);
  return url.substr(0, std::min(path, query)) + "/" + database + parameters;
}

void run_script(const std::string& url, const std::string& script) {
  Options options;
  options.url = url;
  options.allow_unsafe_durability = true;
  Connection connection(options, soon());
  connection.run_script(script, soon());
}

}  // namespace

std::string server_url() {
  const char* url = std::getenv("WAYBILL_POSTGRES_URL");
  if (url == nullptr) {
    throw std::runtime_error(
        "WAYBILL_POSTGRES_URL is not set: run `scripts/stack up` and `eval \"$(scripts/stack env)\"` first");
  }
  return url;
}

Database::Database() {
  auto id = base::new_uuid_v7().to_string();
  std::erase(id, '-');
  name_ = "test_" + id;
  run_script(server_url(), "CREATE DATABASE " + name_);
}

Database::~Database() {
  try {
    run_script(server_url(), "DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const std::exception&) {
    // The server of a test run goes with all its databases.
  }
}

Options Database::options() const {
  Options options;
  options.url = with_database(server_url(), name_);
  options.application_name = "waybill-test";
  options.allow_unsafe_durability = true;
  return options;
}

std::string Database::url_with(const std::string& user, const std::string& password, const std::string& where,
                               const std::string& database) {
  return "postgresql://" + user + ":" + password + "@" + where + "/" + database;
}

void Database::run(const std::string& script) const { run_script(options().url, script); }

}  // namespace waybill::postgres::testing
