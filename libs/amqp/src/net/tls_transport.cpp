#include "net/tls_transport.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "fault.hpp"
#include "net/socket_bio.hpp"
#include "net/tls_fault.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill::amqp {
namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeSession {
  void operator()(SSL* session) const { SSL_free(session); }
};
using Context = std::unique_ptr<SSL_CTX, FreeContext>;
using Session = std::unique_ptr<SSL, FreeSession>;

[[noreturn]] void refuse_file(const std::string& option, const std::string& file) {
  throw ConnectionFault(Trouble::tls, "amqp: " + option + " '" + file + "' cannot be used (" +
                                          take_openssl_error() + "); it has to be a PEM file");
}

void load(SSL_CTX* context, const TlsFiles& files) {
  if (files.authority.empty()) {
    SSL_CTX_set_default_verify_paths(context);
  } else if (SSL_CTX_load_verify_locations(context, files.authority.c_str(), nullptr) != 1) {
    refuse_file("tls.authority", files.authority);
  }
  if (files.certificate.empty()) return;
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) {
    refuse_file("tls.certificate", files.certificate);
  }
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    refuse_file("tls.key", files.key);
  }
}

Context context_with(const TlsFiles& files) {
  ERR_clear_error();
  Context context{SSL_CTX_new(TLS_client_method())};
  ENSURE(context != nullptr, "OpenSSL has memory for one more context");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // Without it a write might have to wait for a read, which the connection's loop does not know of.
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  load(context.get(), files);
  return context;
}

void expect_host(SSL* session, const std::string& host) {
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1) return;
  SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  SSL_set1_host(session, host.c_str());
  // What SSL_set_tlsext_host_name() does, but for its old-style cast.
  SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(host.c_str()));
}

class TlsTransport final : public Transport {
 public:
  TlsTransport(runtime::FileDescriptor socket, Endpoint endpoint, const TlsFiles& files)
      : socket_(std::move(socket)),
        endpoint_(std::move(endpoint)),
        context_(context_with(files)),
        session_(SSL_new(context_.get())) {
    ENSURE(session_ != nullptr, "OpenSSL has memory for one more session");
    BIO* bio = new_socket_bio(socket_.get());
    SSL_set_bio(session_.get(), bio, bio);
    expect_host(session_.get(), endpoint_.host);
  }

  void shake_hands(Waiter& waiter, Attendant& attendant, base::Deadline deadline) {
    for (;;) {
      ERR_clear_error();
      const int result = SSL_connect(session_.get());
      if (result == 1) return;
      const int error = SSL_get_error(session_.get(), result);
      if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) refuse();
      if (deadline.passed()) {
        throw ConnectionFault(Trouble::tls, "the broker at " + endpoint_.address() +
                                                " did not answer the TLS handshake in time; is it a port "
                                                "with TLS, and does the broker run?");
      }
      const short events = error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
      waiter.wait(socket_.get(), events, std::min(deadline.when(), attendant.attend()));
    }
  }

  int descriptor() const override { return socket_.get(); }

  // All that is there, also what OpenSSL holds back, for nobody polls that.
  std::size_t read(std::span<std::uint8_t> room) override {
    std::size_t size = 0;
    while (size < room.size()) {
      ERR_clear_error();
      std::size_t taken = 0;
      const int result = SSL_read_ex(session_.get(), room.data() + size, room.size() - size, &taken);
      size += taken;
      if (result == 1) continue;
      if (!passes(result) && size == 0) end("reading from");
      break;
    }
    return size;
  }

  std::size_t write(std::span<const std::uint8_t> bytes) override {
    std::size_t size = 0;
    while (size < bytes.size()) {
      ERR_clear_error();
      std::size_t taken = 0;
      const int result = SSL_write_ex(session_.get(), bytes.data() + size, bytes.size() - size, &taken);
      size += taken;
      if (result == 1) continue;
      if (!passes(result) && size == 0) end("writing to");
      break;
    }
    return size;
  }

 private:
  bool passes(int result) const {
    const int error = SSL_get_error(session_.get(), result);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
  }

  [[noreturn]] void refuse() const {
    const long verified = SSL_get_verify_result(session_.get());
    if (verified != X509_V_OK) throw ConnectionFault(Trouble::tls, certificate_problem(verified, endpoint_));
    throw ConnectionFault(Trouble::tls, session_problem(endpoint_));
  }

  // With TLS 1.3 a broker that wants another certificate of ours says so only after the handshake.
  [[noreturn]] void end(const char* doing) const {
    if (ERR_peek_error() == 0 || ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
      throw ConnectionFault(Trouble::lost, "the broker ended the connection");
    }
    if (ERR_GET_REASON(ERR_peek_error()) >= SSL_AD_REASON_OFFSET) {
      throw ConnectionFault(Trouble::tls, session_problem(endpoint_));
    }
    throw ConnectionFault(Trouble::lost, std::string{doing} + " the broker failed: " + take_openssl_error());
  }

  runtime::FileDescriptor socket_;
  Endpoint endpoint_;
  Context context_;
  Session session_;
};

}  // namespace

std::unique_ptr<Transport> connect_tls(runtime::FileDescriptor socket, const Endpoint& endpoint,
                                       const TlsFiles& files, Waiter& waiter, Attendant& attendant,
                                       base::Deadline deadline) {
  auto transport = std::make_unique<TlsTransport>(std::move(socket), endpoint, files);
  transport->shake_hands(waiter, attendant, deadline);
  return transport;
}

}  // namespace waybill::amqp
