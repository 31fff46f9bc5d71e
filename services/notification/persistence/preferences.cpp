#include "persistence/preferences.hpp"

#include <array>
#include <vector>

#include "persistence/enum_texts.hpp"

namespace shop::notification::persistence {
namespace {

using waybill::postgres::Sql;

constexpr Sql load =
    "SELECT customer_id, channel, wants_placed, wants_confirmed, wants_cancelled FROM preference "
    "WHERE customer_id = ANY($1)";
constexpr Sql store =
    "INSERT INTO preference (customer_id, channel, wants_placed, wants_confirmed, wants_cancelled) "
    "SELECT $1, * FROM unnest($2::text[], $3::boolean[], $4::boolean[], $5::boolean[]) "
    "ON CONFLICT (customer_id, channel) DO UPDATE SET wants_placed = excluded.wants_placed, "
    "wants_confirmed = excluded.wants_confirmed, wants_cancelled = excluded.wants_cancelled";

}  // namespace

PreferencesOf load_preferences(waybill::postgres::Tx& tx, const std::set<std::string>& customers) {
  PreferencesOf all;
  for (const auto& [customer, channel, placed, confirmed, cancelled] :
       tx.query<std::string, Channel, bool, bool, bool>(load, customers)) {
    auto& preferences = all[customer];
    preferences.set(channel, Event::placed, placed);
    preferences.set(channel, Event::confirmed, confirmed);
    preferences.set(channel, Event::cancelled, cancelled);
  }
  return all;
}

void store_preferences(waybill::postgres::Tx& tx, const std::string& customer,
                       const Preferences& preferences) {
  std::array<std::vector<bool>, events.size()> wants;
  for (const auto event : events) {
    auto& column = wants.at(static_cast<std::size_t>(event));
    for (const auto channel : channels) column.push_back(preferences.wants(channel, event));
  }
  tx.pipeline(store, customer, channels, wants[0], wants[1], wants[2]);
}

}  // namespace shop::notification::persistence
