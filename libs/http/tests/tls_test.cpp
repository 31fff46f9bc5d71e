#include <gtest/gtest.h>

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <string>

#include "raw_client.hpp"
#include "running_server.hpp"
#include "waybill/servers/test_authority.hpp"

namespace waybill::http::testing {
namespace {

namespace asio = boost::asio;

/// Sends bytes over TLS, and reads all that comes until the connection ends.
class TlsClient {
 public:
  explicit TlsClient(const std::string& authority,
                     asio::ssl::context::method method = asio::ssl::context::tls_client)
      : tls_(method) {
    tls_.load_verify_file(authority);
    tls_.set_verify_mode(asio::ssl::verify_peer);
  }
  std::string ask(std::uint16_t port, const std::string& request) {
    asio::ssl::stream<asio::ip::tcp::socket> stream(context_, tls_);
    stream.next_layer().connect({asio::ip::address_v4::loopback(), port});
    stream.handshake(asio::ssl::stream_base::client);
    asio::write(stream, asio::buffer(request));
    std::string answer;
    boost::system::error_code end;
    asio::read(stream, asio::dynamic_buffer(answer), end);
    EXPECT_EQ(end, asio::error::eof) << "cut off without a word: " << end.message();
    return answer;
  }

 private:
  asio::io_context context_;
  asio::ssl::context tls_;
};

class ServingTls : public ::testing::Test {
 protected:
  ServingTls() {
    const auto identity = authority_.issue();
    options_.tls = {identity.certificate_file, identity.key_file};
  }
  servers::TestAuthority authority_;
  ServerOptions options_;
};

TEST_F(ServingTls, answers_as_without_and_says_goodbye) {
  RunningServer server(options_);
  TlsClient client(authority_.certificate_file());
  const auto two = client.ask(server.port(), get("/items/1") + get("/items/2", "Connection: close\r\n"));
  EXPECT_NE(two.find("\"1\""), std::string::npos) << two;
  EXPECT_TRUE(two.ends_with("\"2\"")) << two;
  const auto large =
      client.ask(server.port(), post("/large", std::string(1 << 20, 'x'), "Connection: close\r\n"));
  EXPECT_TRUE(large.ends_with("1048576")) << large;
  EXPECT_TRUE(server.has_no_connection());
}

TEST_F(ServingTls, refuses_old_versions) {
  RunningServer server(options_);
  TlsClient client(authority_.certificate_file(), asio::ssl::context::tlsv11_client);
  EXPECT_THROW(client.ask(server.port(), get("/hello")), boost::system::system_error);
  EXPECT_TRUE(server.has_no_connection());
}

TEST_F(ServingTls, is_not_harmed_by_who_speaks_without_or_not_at_all) {
  options_.limits.header_within = std::chrono::milliseconds{200};
  RunningServer server(options_);
  RawClient plain(server.port());
  plain.send(get("/hello"));
  EXPECT_EQ(plain.receive_rest().find("HTTP"), std::string::npos);
  RawClient silent(server.port());
  EXPECT_EQ(silent.receive_rest(), "");
  EXPECT_TRUE(server.has_no_connection());
}

TEST_F(ServingTls, says_which_file_cannot_be_used) {
  options_.tls->key = "/nowhere/key.pem";
  runtime::EventLoop loop;
  try {
    const Server server(loop, options_, {});
    FAIL() << "a server without a key";
  } catch (const std::invalid_argument& refusal) {
    EXPECT_NE(std::string(refusal.what()).find("/nowhere/key.pem"), std::string::npos) << refusal.what();
  }
}

}  // namespace
}  // namespace waybill::http::testing
