#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/order.hpp"
#include "waybill/postgres/types.hpp"

template <>
struct waybill::postgres::EnumTexts<shop::order::Status> {
  using enum shop::order::Status;
  static constexpr std::array texts{std::pair{placed, "placed"}, std::pair{cancelling, "cancelling"},
                                    std::pair{confirmed, "confirmed"}, std::pair{cancelled, "cancelled"}};
};

template <>
struct waybill::postgres::EnumTexts<shop::order::Reason> {
  using enum shop::order::Reason;
  static constexpr std::array texts{std::pair{out_of_stock, "out_of_stock"},
                                    std::pair{unknown_sku, "unknown_sku"},
                                    std::pair{mixed_currencies, "mixed_currencies"},
                                    std::pair{payment_declined, "payment_declined"},
                                    std::pair{customer_request, "customer_request"},
                                    std::pair{timed_out, "timed_out"},
                                    std::pair{by_operator, "by_operator"}};
};

namespace shop::order {

/// Columns of more than one value. Prices are in the order's currency.
waybill::postgres::Json contact_column(const Contact& contact);
Contact contact_of(const waybill::postgres::Json& column);
waybill::postgres::Json lines_column(const std::vector<PricedLine>& lines);
std::vector<PricedLine> lines_of(const waybill::postgres::Json& column, const std::string& currency);

}  // namespace shop::order
