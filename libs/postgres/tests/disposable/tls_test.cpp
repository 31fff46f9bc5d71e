#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "../through_proxy.hpp"
#include "broken_server.hpp"
#include "data_directory.hpp"
#include "waybill/servers/test_authority.hpp"

// A real PostgreSQL that speaks TLS, and all who must not be taken for it.

namespace waybill::postgres::testing {
namespace {

using servers::Identity;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Tls : public ::testing::Test {
 protected:
  Tls() { speak_tls_as(servers_); }

  /// The server shows that certificate from now on, and asks for one where `asks_for_certificates`.
  void speak_tls_as(const Identity& identity, bool asks_for_certificates = false) {
    Pool pool(options_for(server_, 1));
    const DataDirectory data(pool);
    data.copy_of_secret(identity.key_file, "server.key");
    data.copy_of_secret(identity.certificate_file, "server.crt");
    data.copy_of_secret(authority_.certificate_file(), "root.crt");
    data.let_in("hostnossl all all 127.0.0.1/32 scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256" +
                std::string(asks_for_certificates ? " clientcert=verify-ca\n" : "\n"));
    data.configure("ssl = on\nssl_ca_file = 'root.crt'\n");
    server_.stop();
    server_.start();
  }
  /// The host as a client names it, and what else the URL says.
  Options secured(const std::string& parameters, const std::string& authority = "") const {
    auto options = options_for(server_, 1);
    options.url += "?sslmode=verify-full&sslrootcert=" +
                   (authority.empty() ? authority_.certificate_file() : authority) + parameters;
    return options;
  }
  static std::string refusal(const Options& options) {
    Pool pool(options);
    const auto fault = ping_fault(pool);
    if (!fault) return "(no fault)";
    EXPECT_EQ(fault->kind(), FaultKind::unavailable);
    EXPECT_THAT(fault->what(),
                AllOf(HasSubstr("cannot connect to PostgreSQL at"), Not(HasSubstr("waybill-dev"))));
    return fault->what();
  }
  /// A key that only its owner may read, as libpq demands of it.
  static std::string kept(const std::string& key_file) {
    using std::filesystem::perms;
    std::filesystem::permissions(key_file, perms::owner_read | perms::owner_write);
    return key_file;
  }

  servers::TestAuthority authority_;
  Identity servers_ = authority_.issue();
  servers::DisposablePostgres server_;
};

TEST_F(Tls, to_the_server_that_was_meant_works_and_is_encrypted) {
  Pool pool(secured(""));
  EXPECT_EQ(value(pool, "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"), "TLSv1.3");
  auto unencrypted = options_for(server_, 1);
  unencrypted.url += "?sslmode=disable";
  Pool open(unencrypted);
  EXPECT_FALSE(ping_fault(open)) << "so that the refusals below are the client's own";
}

// Without this, whoever can take the address gets password and data.
TEST_F(Tls, to_a_server_of_another_authority_is_refused) {
  const servers::TestAuthority stranger;
  EXPECT_THAT(refusal(secured("", stranger.certificate_file())),
              AllOf(HasSubstr("certificate verify failed"),
                    HasSubstr("Check sslmode and the certificates that the connection URL names")));
}

TEST_F(Tls, to_a_server_whose_certificate_has_expired_is_refused) {
  speak_tls_as(authority_.issue({.valid_until = std::chrono::seconds{-60}}));
  EXPECT_THAT(refusal(secured("")),
              AllOf(HasSubstr("certificate"), HasSubstr("Check sslmode and the certificates")));
}

TEST_F(Tls, to_a_server_of_another_name_is_refused) {
  speak_tls_as(authority_.issue({.names = {"db.example.org"}}));
  EXPECT_THAT(refusal(secured("")), AllOf(HasSubstr("db.example.org"), HasSubstr("does not match host name"),
                                          HasSubstr("Check sslmode and the certificates")));
}

TEST_F(Tls, with_a_missing_file_of_authorities_is_refused) {
  EXPECT_THAT(refusal(secured("", "/nowhere/root.crt")),
              AllOf(HasSubstr("root certificate file \"/nowhere/root.crt\" does not exist"),
                    HasSubstr("Check sslmode and the certificates")));
}

// A man in the middle would say that he cannot.
TEST_F(Tls, with_a_server_that_speaks_none_is_refused) {
  const servers::DisposablePostgres plain;
  auto options = secured("");
  const auto there = server_of(options).to_string();
  options.url.replace(options.url.find(there), there.size(), server_of(options_for(plain)).to_string());
  EXPECT_THAT(refusal(options), AllOf(HasSubstr("server does not support SSL, but SSL was required"),
                                      HasSubstr("Check sslmode and the certificates")));
}

TEST_F(Tls, that_asks_for_a_certificate_takes_ours_and_refuses_none_and_a_strangers) {
  speak_tls_as(servers_, /*asks_for_certificates=*/true);
  EXPECT_THAT(refusal(secured("&sslcert=/nowhere.crt&sslkey=/nowhere.key")),
              AllOf(HasSubstr("connection requires a valid client certificate"),
                    HasSubstr("give sslcert and sslkey in the connection URL")));
  const auto sslcert = [](const Identity& identity) {
    return "&sslcert=" + identity.certificate_file + "&sslkey=" + kept(identity.key_file);
  };
  servers::TestAuthority stranger;
  EXPECT_THAT(refusal(secured(sslcert(stranger.issue()))), HasSubstr("Check sslmode and the certificates"));
  const Identity ours = authority_.issue();
  EXPECT_THAT(refusal(secured("&sslcert=" + ours.certificate_file + "&sslkey=/nowhere.key")),
              AllOf(HasSubstr("/nowhere.key"), HasSubstr("Check sslmode and the certificates")));
  Pool pool(secured(sslcert(ours)));
  EXPECT_FALSE(ping_fault(pool));
}

TEST_F(Tls, that_stops_in_the_middle_of_its_greeting_is_given_up_at_the_connect_timeout) {
  servers::FaultProxy proxy(server_of(options_for(server_)));
  // The greeting has more than a thousand bytes.
  proxy.inject(servers::fault::Throttle{servers::Direction::server_to_client, 200});
  auto options = through(proxy, secured(""));
  options.connect_timeout = 1s;
  const auto began = base::system_clock().steady();
  EXPECT_THAT(refusal(options), HasSubstr("no answer within "));
  EXPECT_LT(base::system_clock().steady() - began, 6s);
  EXPECT_GT(proxy.counters().bytes_to_client, 1U) << "more than the word that it speaks TLS";
  proxy.heal();
  Pool pool(through(proxy, secured("")));
  EXPECT_FALSE(ping_fault(pool));
}

// Faults look different under TLS: an end without a farewell, bytes that do not decipher.
TEST_F(Tls, that_breaks_is_told_as_any_broken_connection_is) {
  servers::FaultProxy proxy(server_of(options_for(server_)));
  Effects effects(options_for(server_));
  Pool pool(through(proxy, secured("")));
  std::int64_t key = 0;
  for (const auto how : {servers::Cut::reset, servers::Cut::end}) {
    std::optional<Fault> told;
    const auto lose_answer = [&](Tx& tx) {
      Effects::apply(tx, key);
      proxy.inject(servers::fault::CutAfter{.direction = servers::Direction::server_to_client, .how = how});
    };
    EXPECT_EQ(Effects::attempt(pool, lose_answer, &told), End::in_doubt);
    proxy.heal();
    EXPECT_EQ(Effects::attempt(pool, key++), End::was_there);
  }
  const auto corrupt = [&](Tx& tx) {
    Effects::apply(tx, key);
    proxy.inject(servers::fault::CorruptByte{servers::Direction::server_to_client, 7});
  };
  EXPECT_EQ(Effects::attempt(pool, corrupt), End::in_doubt);
  proxy.heal();
  EXPECT_EQ(Effects::attempt(pool, key++), End::was_there);
  EXPECT_EQ(effects.count(), key);
}

}  // namespace
}  // namespace waybill::postgres::testing
