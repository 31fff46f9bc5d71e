#pragma once

#include "accept_machine.hpp"
#include "idempotency_key.hpp"
#include "waybill/accept/probe.hpp"
#include "waybill/http/response.hpp"

namespace waybill::accept {

/// An answer that is not the function's, and what it is called in the metrics.
struct Refused {
  Ending ending = Ending::failed;
  http::Response answer{};
};

Refused refuse(const KeyProblem& problem);
Refused refuse(AcceptMachine::Refusal refusal);

Refused key_reused();
Refused in_progress();
Refused late();
Refused away();
Refused conflict();
Refused unknown_outcome();
/// Says nothing of what failed.
Refused internal_error();

}  // namespace waybill::accept
