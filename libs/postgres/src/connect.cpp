#include "connect.hpp"

#include <poll.h>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "connect_fault.hpp"

namespace waybill::postgres {
namespace {

struct FreeConninfo {
  void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};
using Conninfo = std::unique_ptr<PQconninfoOption, FreeConninfo>;

// An '@' or '/' in a password that was not escaped makes a part of it the host or the port, which errors
// name.
bool holds_password_elsewhere(const PQconninfoOption* options) {
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    const std::string_view name = option->keyword;
    const std::string_view value = option->val;
    if (name == "host" && value.find('@') != std::string_view::npos) return true;
    if (name == "port" && value.find_first_not_of("0123456789,") != std::string_view::npos) return true;
  }
  return false;
}

Conninfo parse(const Options& options) {
  char* error = nullptr;
  Conninfo parsed{PQconninfoParse(options.url.c_str(), &error)};
  // libpq's own message quotes the URL, password and all.
  PQfreemem(error);
  if (options.url.empty() || parsed == nullptr || holds_password_elsewhere(parsed.get())) {
    throw Fault(FaultKind::permanent,
                "the PostgreSQL connection URL is malformed: write "
                "postgresql://user:password@host:port/database, with "
                "characters like @ : / in the password as %40 %3A %2F, and parameters as ?name=value");
  }
  return parsed;
}

// What the URL may override stands before it, what it may not stands behind: libpq takes the last word.
class Keywords {
 public:
  explicit Keywords(const Options& options) {
    add("keepalives_idle", "10");
    add("keepalives_interval", "3");
    add("keepalives_count", "3");
    add("tcp_user_timeout", "10000");
    add("fallback_application_name", "waybill");
    add("dbname", options.url.c_str());
    if (!options.application_name.empty()) add("application_name", options.application_name.c_str());
    add("client_encoding", "UTF8");
    names_.push_back(nullptr);
    values_.push_back(nullptr);
  }
  const char* const* names() const { return names_.data(); }
  const char* const* values() const { return values_.data(); }

 private:
  void add(const char* name, const char* value) {
    names_.push_back(name);
    values_.push_back(value);
  }
  std::vector<const char*> names_;
  std::vector<const char*> values_;
};

std::string text_or(const char* text, std::string otherwise) {
  return text == nullptr || *text == '\0' ? std::move(otherwise) : std::string{text};
}

// What libpq settled on, where it got that far; what the URL says, where it did not.
Endpoint endpoint_of(const PGconn* raw, Endpoint from_url) {
  return {.host = text_or(PQhost(raw), std::move(from_url.host)),
          .port = text_or(PQport(raw), std::move(from_url.port)),
          .database = text_or(PQdb(raw), std::move(from_url.database)),
          .user = text_or(PQuser(raw), std::move(from_url.user))};
}

void finish_connecting(PGconn* raw, const Endpoint& from_url, base::SteadyTime began, base::Deadline limit) {
  PQsetErrorVerbosity(raw, PQERRORS_VERBOSE);
  PostgresPollingStatusType next = PGRES_POLLING_WRITING;
  while (PQstatus(raw) != CONNECTION_BAD && next != PGRES_POLLING_OK) {
    const short events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (!wait_for_socket(PQsocket(raw), events, limit))
      throw connect_timeout_fault(endpoint_of(raw, from_url), base::system_clock().steady() - began);
    next = PQconnectPoll(raw);
    if (next == PGRES_POLLING_FAILED) break;
  }
  if (next != PGRES_POLLING_OK) throw connect_fault(endpoint_of(raw, from_url), PQerrorMessage(raw));
  PQsetErrorVerbosity(raw, PQERRORS_DEFAULT);
}

}  // namespace

Endpoint endpoint_of(const Options& options) {
  const Conninfo parsed = parse(options);
  Endpoint endpoint{.host = "localhost", .port = "5432", .database = "", .user = ""};
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    const std::string_view name = option->keyword;
    if (option->val == nullptr) continue;
    if (name == "host" || (name == "hostaddr" && endpoint.host == "localhost")) endpoint.host = option->val;
    if (name == "port") endpoint.port = option->val;
    if (name == "dbname") endpoint.database = option->val;
    if (name == "user") endpoint.user = option->val;
  }
  if (endpoint.database.empty()) endpoint.database = endpoint.user;
  return endpoint;
}

Connected connect(const Options& options, base::Deadline deadline) {
  const Endpoint from_url = endpoint_of(options);
  const auto began = base::system_clock().steady();
  const auto limit = deadline.earlier_of(base::Deadline::after(options.connect_timeout));
  const Keywords keywords(options);
  UniqueConnection raw{PQconnectStartParams(keywords.names(), keywords.values(), /*expand_dbname=*/1)};
  if (raw == nullptr) throw std::bad_alloc();
  // Or libpq writes to the standard error what the server says unasked: that belongs to the program.
  PQsetNoticeReceiver(
      raw.get(), [](void*, const PGresult*) {}, nullptr);
  finish_connecting(raw.get(), from_url, began, limit);
  Endpoint endpoint = endpoint_of(raw.get(), from_url);
  return {.raw = std::move(raw), .endpoint = std::move(endpoint), .began = began, .limit = limit};
}

}  // namespace waybill::postgres
