#pragma once

#include <string>

namespace waybill::outbound {

/// The PEM files of connections with TLS. Certificate and host name of the server are verified always.
struct TlsFiles {
  /// Who may have signed the server's certificate; empty: the authorities that the system trusts. Read anew
  /// every few minutes.
  std::string authority{};
  /// With which to tell the server who one is, its chain included; empty: with none. Read at each connecting.
  std::string certificate{};
  /// Without a passphrase.
  std::string key{};
};

}  // namespace waybill::outbound
