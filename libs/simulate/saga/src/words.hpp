#pragma once

#include <string>

#include "letter.hpp"
#include "waybill/saga/advance.hpp"

namespace waybill::saga_simulation::detail {

/// `ChargeCard (saga 1, pay, epoch 1)`: what is on its way.
std::string name_of(const saga::Plan& plan, const Letter& letter);

/// `CardCharged (pay, epoch 1) comes` and the like: what an input is; the letter is null for a deadline.
std::string input_of(const saga::Plan& plan, const Letter* letter);

/// What it has made of a saga that was at this step: `step 'pay' is done; IssueTicket (ticket, epoch 1) is
/// sent`.
std::string change_of(const saga::Plan& plan, const saga::Change& change, std::size_t was_at);

}  // namespace waybill::saga_simulation::detail
