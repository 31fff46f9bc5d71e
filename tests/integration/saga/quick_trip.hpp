#pragma once

#include <chrono>
#include <string>

#include "book_trip.hpp"

namespace waybill::saga::testing {

/// The table of book_trip() with waits of a test's choice, for it and its worker.
Definition<Trip> quick_trip(std::chrono::milliseconds within, std::chrono::milliseconds again,
                            int version = 1);

Trip trip(const std::string& id, const std::string& train = "ICE 1", const std::string& card = "visa");

}  // namespace waybill::saga::testing
