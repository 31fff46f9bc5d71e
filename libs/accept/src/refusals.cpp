#include "refusals.hpp"

#include "waybill/base/ensure.hpp"
#include "waybill/http/problem.hpp"
#include "waybill/http/status.hpp"

namespace waybill::accept {
namespace {

Refused plain(Ending ending, http::Problem problem) { return {ending, http::to_response(problem)}; }

/// What may be different in a moment.
Refused passing(Ending ending, http::Problem problem) {
  return {ending, http::to_response(problem).with("Retry-After", "1")};
}

}  // namespace

Refused refuse(const KeyProblem& problem) {
  const std::string wanted =
      "send an Idempotency-Key of 1 to 255 visible ASCII characters, a new one for each request that is "
      "another, the same one when it is repeated";
  if (problem.kind == KeyProblem::Kind::missing) {
    return plain(Ending::key_missing, {.status = http::status::bad_request,
                                       .name = "idempotency-key-missing",
                                       .title = "The header Idempotency-Key is missing",
                                       .detail = wanted,
                                       .errors = {{"header: Idempotency-Key", "it is missing"}}});
  }
  return plain(Ending::key_invalid, {.status = http::status::bad_request,
                                     .name = "idempotency-key-invalid",
                                     .title = "The header Idempotency-Key is no key",
                                     .detail = wanted,
                                     .errors = {{"header: Idempotency-Key", problem.detail}}});
}

Refused refuse(AcceptMachine::Refusal refusal) {
  switch (refusal) {
    case AcceptMachine::Refusal::reused:
      return key_reused();
    case AcceptMachine::Refusal::full:
      return passing(Ending::full, {.status = http::status::service_unavailable,
                                    .name = "overloaded",
                                    .title = "Too much to do",
                                    .detail = "too many requests are waiting; nothing was done: try again "
                                              "later, with the same key"});
    case AcceptMachine::Refusal::stopping:
      return passing(Ending::stopping, {.status = http::status::service_unavailable,
                                        .name = "stopping",
                                        .title = "This process is about to end",
                                        .detail = "nothing was done; repeat it, with the same key"});
  }
  ENSURE(false, "a refusal that does not exist");
}

Refused key_reused() {
  return plain(Ending::key_reused,
               {.status = http::status::unprocessable_content,
                .name = "idempotency-key-reused",
                .title = "The Idempotency-Key is another request's",
                .detail = "a request with another method, target, content type or body came with this key "
                          "before; nothing was done for this one. Send it with a key of its own",
                .errors = {{"header: Idempotency-Key", "it was used for another request"}}});
}

Refused in_progress() {
  return passing(Ending::in_progress, {.status = http::status::conflict,
                                       .name = "request-in-progress",
                                       .title = "A request with this Idempotency-Key is under way",
                                       .detail = "repeat it later, with the same key, to get its answer"});
}

Refused late() {
  return passing(Ending::late, {.status = http::status::service_unavailable,
                                .name = "overloaded",
                                .title = "Too much to do",
                                .detail = "its turn did not come in time; nothing was done: try again "
                                          "later, with the same key"});
}

Refused away() {
  return passing(Ending::away, {.status = http::status::service_unavailable,
                                .name = "unavailable",
                                .title = "The service cannot work at the moment",
                                .detail = "nothing was done; repeat it later, with the same key"});
}

Refused conflict() {
  return passing(Ending::conflict, {.status = http::status::service_unavailable,
                                    .name = "busy",
                                    .title = "What it needs is in use",
                                    .detail = "nothing was done; repeat it later, with the same key"});
}

Refused unknown_outcome() {
  return plain(Ending::unknown, {.status = http::status::gateway_timeout,
                                 .name = "outcome-unknown",
                                 .title = "Whether it was done is not known yet",
                                 .detail = "repeat it, with the same key, to get its answer: it is done "
                                           "once, however often it comes"});
}

Refused internal_error() {
  return plain(Ending::failed, {.status = http::status::internal_server_error,
                                .name = "internal",
                                .title = "Internal error",
                                .detail = "nothing was done; the log has the reason under the request's id"});
}

}  // namespace waybill::accept
