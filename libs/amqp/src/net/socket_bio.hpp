#pragma once

#include <openssl/bio.h>

namespace waybill::amqp {

/// OpenSSL's way to a non-blocking socket. Its own would end the process by SIGPIPE when the broker is gone.
/// The socket is not closed with it. Never null.
BIO* new_socket_bio(int socket);

}  // namespace waybill::amqp
