#include "net/socket_bio.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstdint>

#include "waybill/base/ensure.hpp"

namespace waybill::amqp {
namespace {

int socket_of(BIO* bio) { return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))); }

bool passes() { return errno == EAGAIN || errno == EINTR; }

int read(BIO* bio, char* room, int size) {
  BIO_clear_retry_flags(bio);
  const auto taken = recv(socket_of(bio), room, static_cast<std::size_t>(size), MSG_DONTWAIT);
  if (taken < 0 && passes()) BIO_set_retry_read(bio);
  return static_cast<int>(taken);
}

int write(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const auto taken = send(socket_of(bio), bytes, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (taken < 0 && passes()) BIO_set_retry_write(bio);
  return static_cast<int>(taken);
}

long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* new_method() {
  BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "waybill socket");
  ENSURE(method != nullptr, "OpenSSL has memory for one more method");
  BIO_meth_set_read(method, read);
  BIO_meth_set_write(method, write);
  BIO_meth_set_ctrl(method, control);
  return method;
}

}  // namespace

BIO* new_socket_bio(int socket) {
  static BIO_METHOD* const method = new_method();
  BIO* bio = BIO_new(method);
  ENSURE(bio != nullptr, "OpenSSL has memory for one more stream");
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace waybill::amqp
