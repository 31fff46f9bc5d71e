#pragma once

#include "waybill/inbox/handlers.hpp"

namespace waybill::saga::testing {

/// Creates the table `act` of the participants.
inline constexpr const char* create_act =
    "CREATE TABLE act (saga uuid, step text, epoch integer, state text NOT NULL, times integer NOT NULL "
    "DEFAULT 1, PRIMARY KEY (saga, step, epoch))";

/// The railway: a train `full` is full, from `silent` comes no answer, though it reserves.
inbox::Handlers railway();
/// The bank: a card `declined` is, from `silent` comes no answer, though it is charged.
inbox::Handlers bank();

}  // namespace waybill::saga::testing
