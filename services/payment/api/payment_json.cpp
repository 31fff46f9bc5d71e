#include "api/payment_json.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <string_view>

#include "persistence/texts.hpp"
#include "waybill/base/timestamp.hpp"

namespace shop::payment {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Money& money) {
  return {{"minor_units", money.minor_units}, {"currency", money.currency}};
}

/// The words of the database are those of the API.
template <class E>
std::string_view word_of(E value) {
  for (const auto& [named, text] : waybill::postgres::EnumTexts<E>::texts) {
    if (named == value) return text;
  }
  return {};
}

Json json_of(const payments::Stored& stored) {
  const auto& payment = stored.payment;
  Json json{{"id", payment.id.to_string()}, {"order_id", payment.order_id.to_string()}};
  if (payment.customer_id) json["customer_id"] = *payment.customer_id;
  if (payment.amount) json["amount"] = json_of(*payment.amount);
  json["status"] = word_of(payment.state);
  if (payment.reason) json["reason"] = word_of(*payment.reason);
  if (payment.explanation) json["explanation"] = *payment.explanation;
  json["saga"] = {{"id", payment.reference.saga.to_string()},
                  {"step", payment.reference.step},
                  {"epoch", payment.reference.epoch}};
  json["created_at"] = waybill::base::format_timestamp_ms(stored.created_at);
  json["changed_at"] = waybill::base::format_timestamp_ms(stored.changed_at);
  return json;
}

Json json_of(const ledger::Written& written) {
  const auto& transfer = written.transfer;
  return {{"id", transfer.id.to_string()},
          {"kind", word_of(transfer.kind)},
          {"debit_account", word_of(transfer.debit)},
          {"credit_account", word_of(transfer.credit)},
          {"amount", json_of(transfer.amount)},
          {"at", waybill::base::format_timestamp_ms(written.at)}};
}

}  // namespace

std::string to_json(const payments::Stored& payment) { return json_of(payment).dump(); }

std::string to_json(const payments::Stored& payment, std::span<const ledger::Written> transfers) {
  auto json = json_of(payment);
  auto& list = json["transfers"] = Json::array();
  for (const auto& written : transfers) list.push_back(json_of(written));
  return json.dump();
}

std::string to_json(std::span<const ledger::Balance> balances) {
  Json json{{"balances", Json::array()}, {"sums", Json::array()}};
  std::map<std::string, std::int64_t> sums;
  for (const auto& [account, balance] : balances) {
    json["balances"].push_back({{"account", word_of(account)}, {"balance", json_of(balance)}});
    sums[balance.currency] += balance.minor_units;
  }
  for (const auto& [currency, sum] : sums) json["sums"].push_back(json_of(Money{sum, currency}));
  return json.dump();
}

}  // namespace shop::payment
