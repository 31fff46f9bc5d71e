#include "waybill/postgres/fault.hpp"

#include <algorithm>
#include <array>

namespace waybill::postgres {
namespace {

struct Rule {
  std::string_view prefix;  // of the SQLSTATE: the longest one that fits decides
  FaultKind kind;
};

// https://www.postgresql.org/docs/15/errcodes-appendix.html; what no rule fits is permanent.
constexpr std::array rules{
    Rule{"08", FaultKind::unavailable},     // the connection
    Rule{"08007", FaultKind::in_doubt},     // transaction resolution unknown
    Rule{"08P01", FaultKind::permanent},    // protocol violation: a wrong number of parameters, for one
    Rule{"25P03", FaultKind::transient},    // idle-in-transaction timeout: the function was too slow
    Rule{"25006", FaultKind::unavailable},  // read-only: this is a standby, or the server is being switched
                                            // over
    Rule{"26000", FaultKind::transient},  // a prepared statement is gone: a new connection prepares it again
    Rule{"28", FaultKind::unavailable},   // who may connect is between operator and server, not the
                                          // transaction's
    Rule{"3D000", FaultKind::unavailable},  // likewise a missing database
    Rule{"40001", FaultKind::serialization},
    Rule{"40P01", FaultKind::serialization},  // deadlock
    Rule{"40003", FaultKind::in_doubt},       // statement completion unknown
    Rule{"53", FaultKind::unavailable},       // out of disk, memory or connections
    Rule{"53400", FaultKind::transient},      // a limit that the statement has reached
    Rule{"55P03", FaultKind::transient},      // a lock was not to be had in time
    Rule{"55006", FaultKind::transient},      // an object is in use
    Rule{"57014", FaultKind::transient},      // cancelled: by a timeout or by hand
    Rule{"57P", FaultKind::unavailable},      // shutdown, crash, start-up
    Rule{"58", FaultKind::unavailable},       // the server's own system failed: disk, files
    Rule{"XX", FaultKind::transient},         // an internal error may be of the moment
    Rule{"XX001", FaultKind::permanent},      // damaged data is not
    Rule{"XX002", FaultKind::permanent},
};

}  // namespace

std::string_view to_string(FaultKind kind) {
  switch (kind) {
    case FaultKind::transient:
      return "transient";
    case FaultKind::serialization:
      return "serialization";
    case FaultKind::unavailable:
      return "unavailable";
    case FaultKind::permanent:
      return "permanent";
    case FaultKind::in_doubt:
      return "in doubt";
  }
  return "?";
}

FaultKind classify(const Evidence& evidence) {
  // Even the server's last word does not tell: it may end a session after it has written the commit record.
  if (evidence.connection_lost && evidence.commit_sent) return FaultKind::in_doubt;
  if (evidence.sqlstate.empty())
    return evidence.connection_lost ? FaultKind::unavailable : FaultKind::permanent;

  const Rule* best = nullptr;
  for (const Rule& rule : rules) {
    if (evidence.sqlstate.starts_with(rule.prefix) &&
        (best == nullptr || rule.prefix.size() > best->prefix.size()))
      best = &rule;
  }
  if (best != nullptr) return best->kind;
  return evidence.connection_lost ? FaultKind::unavailable : FaultKind::permanent;
}

}  // namespace waybill::postgres
