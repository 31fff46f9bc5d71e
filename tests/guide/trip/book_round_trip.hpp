#pragma once

#include "book_trip.hpp"

/// The next version of book_trip(): there and back again, for twice the money.
waybill::saga::Definition<Trip> book_round_trip();
