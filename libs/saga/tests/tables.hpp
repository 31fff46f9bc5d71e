#pragma once

#include "waybill/saga/plan.hpp"

namespace waybill::saga {

/// seat, pay | ticket: what the guide shows.
Plan trip_plan();

/// look and mark have nothing to undo, pay between them has; mark is asked for again within its limit, and
/// no step stands behind a point of no return.
Plan lenient_plan();

/// Nothing but a step behind the point of no return.
Plan unstoppable_plan();

/// The same step four times: as it is, at another service, and that said first or last.
Plan scattered_plan();

}  // namespace waybill::saga
