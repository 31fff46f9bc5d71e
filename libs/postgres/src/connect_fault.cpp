#include "connect_fault.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace waybill::postgres {
namespace {

struct Advice {
  std::string_view sign;  // a SQLSTATE's beginning, or words of the message when there is none
  std::string_view advice;
};

// Before the SQLSTATE is asked, which has one for all that keeps a client out.
constexpr Advice for_client_certificate{
    "valid client certificate",
    "The server asks for a certificate: give sslcert and sslkey in the connection URL"};

constexpr std::array by_sqlstate{
    Advice{"28", "Check the user and the password in the connection URL, and what pg_hba.conf lets in"},
    Advice{"3D000", "Create the database, or correct its name in the connection URL"},
    Advice{"53300", "Raise max_connections of the server, or lower the pools' numbers of connections"},
    Advice{"57P03", "The server is starting or stopping: wait, and see its log if that lasts"},
};

constexpr std::array by_words{
    Advice{"could not translate host name", "Check the host in the connection URL, and the name server"},
    Advice{"Connection refused",
           "Check host and port in the connection URL, and that the server runs and listens there"},
    Advice{"SSL", "Check sslmode and the certificates that the connection URL names"},
    Advice{"certificate", "Check sslmode and the certificates that the connection URL names"},
};

// "FATAL:  28P01: password authentication failed": two blanks, five of [0-9A-Z], a colon, whatever the
// language.
std::string find_sqlstate(std::string_view message) {
  for (std::size_t at = message.find(":  "); at != std::string_view::npos; at = message.find(":  ", at + 1)) {
    const auto code = message.substr(at + 3, 5);
    const bool fits = code.size() == 5 && std::ranges::all_of(code, [](char c) {
                        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
                      });
    if (fits && message.substr(at + 8).starts_with(": ")) return std::string{code};
  }
  return {};
}

// libpq writes several lines: for each address a complaint, then hints and where in the server's source it
// arose.
std::string complaints_on_one_line(std::string_view message) {
  std::string line;
  while (!message.empty()) {
    const auto end = std::min(message.find('\n'), message.size());
    auto part = message.substr(0, end);
    message.remove_prefix(std::min(end + 1, message.size()));
    part.remove_prefix(std::min(part.find_first_not_of(" \t"), part.size()));
    if (part.empty() || part.starts_with("LOCATION:")) continue;
    if (!line.empty()) line += "; ";
    line += part;
  }
  while (line.ends_with('.')) line.pop_back();
  return line;
}

std::string_view advice_for(std::string_view sqlstate, std::string_view message) {
  if (message.find(for_client_certificate.sign) != std::string_view::npos)
    return for_client_certificate.advice;
  if (!sqlstate.empty()) {
    const auto* found = std::ranges::find_if(
        by_sqlstate, [&](const Advice& each) { return sqlstate.starts_with(each.sign); });
    if (found != by_sqlstate.end()) return found->advice;
  }
  const auto* found = std::ranges::find_if(
      by_words, [&](const Advice& each) { return message.find(each.sign) != std::string_view::npos; });
  if (found != by_words.end()) return found->advice;
  return "Check the connection URL, and the server's log";
}

std::string beginning(const Endpoint& endpoint) {
  return "cannot connect to PostgreSQL at " + endpoint.to_string();
}

}  // namespace

Fault connect_fault(const Endpoint& endpoint, std::string_view libpq_message) {
  const std::string sqlstate = find_sqlstate(libpq_message);
  const std::string text = beginning(endpoint) + ": " + complaints_on_one_line(libpq_message) + ". " +
                           std::string{advice_for(sqlstate, libpq_message)};
  // Whatever keeps a connection from coming about is between the operator and the server: no transaction is
  // to blame.
  return Fault(FaultKind::unavailable, text, {.sqlstate = sqlstate});
}

Fault connect_timeout_fault(const Endpoint& endpoint, std::chrono::nanoseconds waited) {
  const auto waited_ms = std::chrono::duration_cast<std::chrono::milliseconds>(waited).count();
  return Fault(
      FaultKind::unavailable,
      beginning(endpoint) + ": no answer within " + std::to_string(waited_ms) +
          " ms. Check host and port in the connection URL, firewalls on the way, and that the server is not "
          "frozen");
}

}  // namespace waybill::postgres
