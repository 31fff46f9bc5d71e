#pragma once

#include <vector>

#include "accept_machine.hpp"
#include "group_run.hpp"
#include "waybill/accept/probe.hpp"
#include "waybill/http/response.hpp"

namespace waybill::accept {

/// What a caller gets.
struct Answered {
  Caller* caller = nullptr;
  http::Response answer{};
};
using Answers = std::vector<Answered>;

/// Makes answers of what the machine has to tell of a run, and of callers whose request came to none.
void append_answers(const std::vector<AcceptMachine::Told>& told, GroupRun::Result& result,
                    const Probe& probe, Answers& answers);
void append_undone(const std::vector<AcceptMachine::Told>& told, const Probe& probe, Answers& answers);

}  // namespace waybill::accept
