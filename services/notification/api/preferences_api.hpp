#pragma once

#include <boost/system/result.hpp>
#include <string>

#include "domain/preferences.hpp"
#include "waybill/accept/scope.hpp"
#include "waybill/http/problem.hpp"
#include "waybill/http/request.hpp"
#include "waybill/http/response.hpp"
#include "waybill/postgres/tx.hpp"

namespace shop::notification {

/// What a customer is to have said, of everything.
struct NewPreferences {
  std::string customer_id{};
  Preferences preferences{};
};

boost::system::result<NewPreferences, waybill::http::Problem> read_preferences(
    const waybill::http::Request& request);
waybill::http::Response replace_preferences(const NewPreferences& wanted, waybill::accept::Scope& scope);

waybill::http::Response show_preferences(const waybill::http::Request& request, waybill::postgres::Tx& tx);

}  // namespace shop::notification
