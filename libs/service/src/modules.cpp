#include "modules.hpp"

#include "waybill/accept/migrations.hpp"
#include "waybill/inbox/migrations.hpp"
#include "waybill/outbox/migrations.hpp"

namespace waybill::service {

std::vector<postgres::Migrations> all_migrations(const Description& description) {
  std::vector<postgres::Migrations> all{outbox::migrations(), inbox::migrations(), accept::migrations()};
  all.insert(all.end(), description.migrations.begin(), description.migrations.end());
  return all;
}

}  // namespace waybill::service
