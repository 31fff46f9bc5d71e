#pragma once

#include <string>

namespace waybill::amqp {

/// The PEM files of a connection with TLS. They are read at each connecting, so a renewed certificate is used
/// from the next connection on. The broker's certificate and host name are verified always.
struct TlsFiles {
  /// Who may have signed the broker's certificate; empty: the authorities that the system trusts.
  std::string authority{};
  /// With which to tell the broker who one is, its chain included; empty: with none.
  std::string certificate{};
  std::string key{};
};

}  // namespace waybill::amqp
