#include "waybill/servers/test_database.hpp"

#include <algorithm>
#include <iostream>
#include <mutex>
#include <stdexcept>

#include "bare_session.hpp"
#include "environment.hpp"
#include "server_url.hpp"
#include "waybill/base/uuid_v7.hpp"

namespace waybill::servers {
namespace {

constexpr const char* variable = "WAYBILL_POSTGRES_URL";

ServerUrl server() { return ServerUrl::parse(from_environment(variable), variable); }

std::string fresh_name() {
  auto name = "test_" + base::new_uuid_v7().to_string();
  std::ranges::replace(name, '-', '_');
  return name;
}

}  // namespace

/// A connection costs hundreds of times what a small statement does, so one is kept for the next.
struct TestDatabase::Sessions {
  std::mutex mutex;
  std::unique_ptr<BareSession> idle;
};

TestDatabase::TestDatabase()
    : name_(fresh_name()), url_(server().with_path(name_)), sessions_(std::make_unique<Sessions>()) {
  // Through the log rather than by copied files: that is eight times as quick here, since it needs no
  // checkpoint.
  BareSession(from_environment(variable))
      .run("CREATE DATABASE " + name_ + " TEMPLATE template0 STRATEGY wal_log");
}

TestDatabase::~TestDatabase() {
  sessions_.reset();
  try {
    BareSession(from_environment(variable)).run("DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const std::exception& fault) {
    std::cerr << "database " << name_ << " is left behind: " << fault.what() << "\n";
  }
}

std::string TestDatabase::url_as(const std::string& user, const std::string& password) const {
  auto address = server();
  address.user = user;
  address.password = password;
  return address.with_path(name_);
}

std::string TestDatabase::sql(const std::string& statements) const {
  std::unique_ptr<BareSession> session;
  {
    const std::scoped_lock lock(sessions_->mutex);
    session = std::move(sessions_->idle);
  }
  if (!session || !session->reset()) session = std::make_unique<BareSession>(url_);
  auto rows = session->run(statements);
  // Now, so that it holds nothing meanwhile; and above, because somebody may have ended it since.
  if (!session->reset()) return rows;
  const std::scoped_lock lock(sessions_->mutex);
  if (!sessions_->idle) sessions_->idle = std::move(session);
  return rows;
}

}  // namespace waybill::servers
