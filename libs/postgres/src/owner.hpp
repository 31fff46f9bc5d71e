#pragma once

#include <libpq-fe.h>

#include <pqxx/connection_base>
#include <pqxx/connectionpolicy>
#include <pqxx/except>
#include <string>

#include "libpq.hpp"

namespace waybill::postgres {

/// Hands libpqxx a connection that is made already, once. libpqxx would connect again, silently, whenever it
/// finds the connection gone, without the session's settings and locks; here that ends in broken_connection
/// instead.
class OnceOnly : public pqxx::connectionpolicy {
 public:
  explicit OnceOnly(UniqueConnection made) : pqxx::connectionpolicy(std::string{}), made_(std::move(made)) {}

  handle do_startconnect(handle current) override {
    if (current != nullptr) return current;
    if (made_ == nullptr) throw pqxx::broken_connection("a connection that broke is not used again");
    return made_.release();
  }
  handle do_completeconnect(handle current) override { return current; }

 private:
  UniqueConnection made_;
};

/// The libpqxx connection that owns a PGconn. Statements go to the PGconn itself (docs/adr/0002).
class Owner : public pqxx::connection_base {
 public:
  explicit Owner(UniqueConnection made)
      : pqxx::connection_base(policy_), raw_(made.get()), policy_(std::move(made)) {
    init();
  }
  ~Owner() noexcept { close(); }

  PGconn* raw() const { return raw_; }

 private:
  PGconn* raw_;
  OnceOnly policy_;
};

}  // namespace waybill::postgres
