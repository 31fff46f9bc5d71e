#pragma once

#include <string_view>

#include "waybill/base/clock.hpp"
#include "waybill/base/uuid.hpp"

namespace waybill::message {

/// The UUIDv8 that stands for another producer's id: 48 bits of the time in milliseconds, laid out as in a
/// UUIDv7, then 74 bits of SHA-256 over (source, id). CloudEvents makes (source, id) unique; the time puts it
/// into its partition.
base::Uuid uuid_of_foreign_id(base::WallTime time, std::string_view source, std::string_view id);

}  // namespace waybill::message
