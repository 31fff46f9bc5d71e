#pragma once

namespace waybill::postgres {
struct Migrations;
}

namespace waybill::saga {

/// The tables of this module, for postgres::migrate_up().
const postgres::Migrations& migrations();

}  // namespace waybill::saga
