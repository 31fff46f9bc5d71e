#pragma once

namespace waybill::postgres {
struct Migrations;
}

namespace waybill::accept {

/// The tables of this module, for postgres::migrate_up(). Those of the outbox are needed as well.
const postgres::Migrations& migrations();

}  // namespace waybill::accept
