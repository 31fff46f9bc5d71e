#include "names.hpp"
#include "waybill/saga/advance.hpp"

namespace waybill::saga {
namespace {

constexpr Names<Outcome, 22> outcome_names{{{Outcome::begun, "begun"},
                                            {Outcome::step_done, "step_done"},
                                            {Outcome::step_refused, "step_refused"},
                                            {Outcome::step_timed_out, "step_timed_out"},
                                            {Outcome::step_resent, "step_resent"},
                                            {Outcome::step_undone, "step_undone"},
                                            {Outcome::undo_resent, "undo_resent"},
                                            {Outcome::cancelled, "cancelled"},
                                            {Outcome::compensates, "compensates"},
                                            {Outcome::turns_forward, "turns_forward"},
                                            {Outcome::retried, "retried"},
                                            {Outcome::abandoned, "abandoned"},
                                            {Outcome::resumed, "resumed"},
                                            {Outcome::not_due, "not_due"},
                                            {Outcome::repeated, "repeated"},
                                            {Outcome::other_epoch, "other_epoch"},
                                            {Outcome::late, "late"},
                                            {Outcome::has_ended, "has_ended"},
                                            {Outcome::too_late, "too_late"},
                                            {Outcome::not_possible, "not_possible"},
                                            {Outcome::unknown_step, "unknown_step"},
                                            {Outcome::unknown_answer, "unknown_answer"}}};

constexpr Names<input::Order, 4> order_names{{{input::Order::retry, "retry"},
                                              {input::Order::compensate, "compensate"},
                                              {input::Order::resume, "resume"},
                                              {input::Order::abandon, "abandon"}}};

}  // namespace

std::string_view to_string(Outcome outcome) { return name_in(outcome_names, outcome); }
std::optional<Outcome> outcome_of(std::string_view text) { return value_in(outcome_names, text); }
std::string_view input::to_string(Order order) { return name_in(order_names, order); }

}  // namespace waybill::saga
