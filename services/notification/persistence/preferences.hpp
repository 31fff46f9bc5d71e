#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "domain/preferences.hpp"
#include "waybill/postgres/tx.hpp"

namespace shop::notification::persistence {

using PreferencesOf = std::map<std::string, Preferences, std::less<>>;

/// Of those of the customers who have said anything.
PreferencesOf load_preferences(waybill::postgres::Tx& tx, const std::set<std::string>& customers);

/// In the place of whatever the customer has said before.
void store_preferences(waybill::postgres::Tx& tx, const std::string& customer,
                       const Preferences& preferences);

}  // namespace shop::notification::persistence
