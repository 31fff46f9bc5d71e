#include "exchange/failure_of.hpp"

#include <cerrno>

#include "exchange/tls_problem.hpp"

namespace waybill::outbound {
namespace {

Effect effect_of(Progress progress) { return progress == Progress::sent ? Effect::possible : Effect::none; }

bool is_of_tls(const Evidence& evidence) {
  switch (evidence.code) {
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_USE_SSL_FAILED:
      return true;
    default:
      // By TLS 1.3 a client may send before it hears that its certificate is refused.
      return evidence.said.find(" alert ") != std::string_view::npos;
  }
}

Trouble trouble_of(const Evidence& evidence) {
  if (evidence.code == CURLE_COULDNT_RESOLVE_HOST) return Trouble::name_not_found;
  if (is_of_tls(evidence)) return Trouble::tls;
  if (evidence.progress != Progress::sent) return Trouble::unreachable;
  switch (evidence.code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
      return Trouble::malformed;
    default:
      return Trouble::lost;
  }
}

std::string unreachable_text(const Evidence& evidence) {
  if (evidence.code == CURLE_OPERATION_TIMEDOUT) {
    return "no connection was made within " +
           std::to_string(evidence.options.connections.connect_within.count()) +
           " ms; see whether the host is up and the way to it is open";
  }
  if (evidence.system_error == ECONNREFUSED) {
    return "the connection was refused; see whether something listens on that port";
  }
  return "no connection could be made; see whether the host is up and the way to it is open";
}

std::string text_of(Trouble trouble, const Evidence& evidence) {
  switch (trouble) {
    case Trouble::name_not_found:
      return "the host's name leads to no address; correct it in the URL, or see to the name service";
    case Trouble::tls:
      return tls_problem(evidence.code, evidence.verify_result, evidence.said, evidence.to,
                         evidence.options.tls);
    case Trouble::unreachable:
      return unreachable_text(evidence);
    case Trouble::malformed:
      return "what came back is not HTTP; see what listens there, and whether it wants https://";
    default:
      return "the connection ended before the whole answer was there";
  }
}

}  // namespace

Failure failure_by(Trouble trouble, const std::string& why, const Evidence& evidence) {
  const auto effect = effect_of(evidence.progress);
  std::string what = std::string(to_string(evidence.method)) + " to " + evidence.to.origin() + ": " + why;
  what += effect == Effect::none ? " (nothing was sent)" : " (it was sent, and may have had an effect)";
  return {.trouble = trouble, .effect = effect, .what = std::move(what)};
}

Failure failure_of(const Evidence& evidence) {
  const auto trouble = trouble_of(evidence);
  return failure_by(trouble, text_of(trouble, evidence), evidence);
}

Failure failure_at_deadline(const Evidence& evidence) {
  const auto text = [&evidence](Progress progress) {
    switch (progress) {
      case Progress::waiting:
        return "while it waited for one of the connections, which were all in use";
      case Progress::looking_up:
        return "while the host's name was looked up";
      case Progress::connecting:
        return evidence.to.scheme == "https" ? "while the connection was made and TLS agreed on"
                                             : "while the connection was made";
      case Progress::sent:
        break;
    }
    return "before the whole answer was there";
  };
  return failure_by(Trouble::deadline, std::string("the deadline passed ") + text(evidence.progress),
                    evidence);
}

Failure cancelled_unsent(Method method, const Address& to) {
  return {.trouble = Trouble::cancelled,
          .effect = Effect::none,
          .what = std::string(to_string(method)) + " to " + to.origin() +
                  ": it was cancelled by its caller (nothing was sent)"};
}

}  // namespace waybill::outbound
