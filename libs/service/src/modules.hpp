#pragma once

#include <vector>

#include "waybill/postgres/migrations.hpp"
#include "waybill/service/service.hpp"

namespace waybill::service {

/// The tables of a service, in the order in which they are made: those of the libraries, then its own.
std::vector<postgres::Migrations> all_migrations(const Description& description);

}  // namespace waybill::service
