#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "raw_client.hpp"
#include "waybill/contract/payload.hpp"
#include "waybill/http/api_keys.hpp"
#include "waybill/message/envelope.hpp"
#include "waybill/servers/program.hpp"
#include "waybill/servers/test_database.hpp"
#include "waybill/servers/test_virtual_host.hpp"
#include "waybill/testkit/temporary_directory.hpp"

namespace waybill::service::testing {

/// What is under test.
struct TestedService {
  std::string name{};      ///< as its queues' keys have it
  std::string program{};   ///< its path
  std::string manifest{};  ///< the path of the topology
  std::vector<std::string> scopes{};
};

/// A program that was run to its end, and what it wrote.
struct Ended {
  int status = -1;
  std::string text;
};

/// A service as a program, with a database of its own, a virtual host where the whole topology is, and a
/// client who may do everything. Nothing runs until start().
class ServiceFixture : public ::testing::Test {
 protected:
  explicit ServiceFixture(TestedService tested);

  std::map<std::string, std::string> variables() const;
  /// Up to a minute; what runs longer is ended, with 124.
  Ended run(const std::vector<std::string>& words) const { return run(words, variables()); }
  Ended run(const std::vector<std::string>& words, const std::map<std::string, std::string>& variables) const;
  void migrate() const;
  /// `more` goes before variables() of the same name.
  std::unique_ptr<servers::Program> start(std::map<std::string, std::string> more = {},
                                          const std::vector<std::string>& words = {}) const;
  /// Migrates, starts, and waits until it is ready.
  std::unique_ptr<servers::Program> start_ready(std::map<std::string, std::string> more = {}) const;
  bool is_ready() const;
  std::string readiness() const;

  /// Nothing while nobody listens.
  std::optional<http::testing::RawAnswer> ask_admin(const std::string& path) const;
  std::optional<http::testing::RawAnswer> ask_api(const std::string& request) const;
  /// With the client's key; for what changes something, with an Idempotency-Key: a new one unless given.
  http::testing::RawAnswer get(const std::string& target) const;
  http::testing::RawAnswer post(const std::string& target, const std::string& body,
                                const std::string& idempotency_key = {}) const;
  http::testing::RawAnswer put(const std::string& target, const std::string& body,
                               const std::string& idempotency_key = {}) const;
  std::string bearer() const { return "Authorization: Bearer " + client_.text + "\r\n"; }

  /// A message as another service would send it, with a new id, `reply_to` "test" and the time of now; what
  /// is to be otherwise can be changed before it is sent.
  static message::Envelope envelope_of(const contract::Payload& payload);
  static message::Envelope envelope_of(const contract::Payload& payload, message::SagaReference saga);
  /// To the service's own queue of commands, and to all who listen to events.
  void send_command(const message::Envelope& envelope) const;
  void publish_event(const message::Envelope& envelope) const;
  /// What was answered since, in the order of the queue `test.replies`; waits until there are so many.
  std::vector<message::Envelope> take_replies(std::size_t count) const { return take("test.replies", count); }
  /// The same of any queue that nobody consumes.
  std::vector<message::Envelope> take(const std::string& queue, std::size_t count) const;

  TestedService tested_;
  servers::TestDatabase database_;
  servers::TestVirtualHost broker_;
  testkit::TemporaryDirectory directory_;
  const http::NewApiKey client_ = http::new_api_key("shop");
  std::uint16_t http_port_ = 0;
  std::uint16_t admin_port_ = 0;
};

}  // namespace waybill::service::testing
