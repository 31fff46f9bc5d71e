#pragma once

#include <cstdint>

#include "waybill/saga_simulation/mechanism.hpp"

/// A mistake that whoever advances sagas could make.
enum class SagaMistake : std::uint8_t {
  forgets_an_undo,
  ignores_a_refusal,
  ignores_an_answer,
  ignores_deadlines,
  undoes_in_the_order_of_doing,
  stops_undoing_early,
  ignores_the_epoch,
  leaves_a_timed_out_step_alone,
  cancels_behind_the_point_of_no_return,
  asks_again_under_a_new_epoch,
  publishes_its_end_with_each_repeated_answer,
  takes_a_late_answer_for_done,
  takes_every_version_for_its_own,
  sends_before_it_commits,
  sends_no_undo_again,
  forgets_what_was_abandoned,
};

void plant(SagaMistake mistake, waybill::saga_simulation::Mechanism& mechanism);
