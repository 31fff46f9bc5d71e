#include "persistence/ledger.hpp"

#include <utility>

#include "persistence/texts.hpp"

namespace shop::payment::ledger {
namespace {

using waybill::base::Uuid;
using waybill::base::WallTime;
using waybill::postgres::Sql;
using waybill::postgres::Tx;

constexpr Sql insert_transfers =
    "INSERT INTO ledger_transfer (id, payment_id, kind, debit, credit, amount_minor, currency) "
    "SELECT id, payment_id, kind, debit::ledger_account, credit::ledger_account, amount_minor, currency "
    "FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[]) "
    "     AS given (id, payment_id, kind, debit, credit, amount_minor, currency)";
constexpr Sql read_transfers =
    "SELECT id, kind, debit::text, credit::text, amount_minor, currency, at "
    "FROM ledger_transfer WHERE payment_id = $1 ORDER BY id";
constexpr Sql read_balances =
    "SELECT account::text, balance::bigint, currency FROM ledger_balance ORDER BY currency, account";

}  // namespace

void add(Tx& tx, std::span<const Transfer> transfers) {
  if (transfers.empty()) return;
  std::vector<Uuid> id;
  std::vector<Uuid> payment_id;
  std::vector<TransferKind> kind;
  std::vector<Account> debit;
  std::vector<Account> credit;
  std::vector<std::int64_t> amount_minor;
  std::vector<std::string> currency;
  for (const auto& transfer : transfers) {
    id.push_back(transfer.id);
    payment_id.push_back(transfer.payment_id);
    kind.push_back(transfer.kind);
    debit.push_back(transfer.debit);
    credit.push_back(transfer.credit);
    amount_minor.push_back(transfer.amount.minor_units);
    currency.push_back(transfer.amount.currency);
  }
  tx.pipeline(insert_transfers, id, payment_id, kind, debit, credit, amount_minor, currency);
}

std::vector<Written> transfers_of(Tx& tx, const Uuid& payment_id) {
  std::vector<Written> written;
  for (auto& [id, kind, debit, credit, amount_minor, currency, at] :
       tx.query<Uuid, TransferKind, Account, Account, std::int64_t, std::string, WallTime>(read_transfers,
                                                                                           payment_id)) {
    written.push_back({.transfer = {.id = id,
                                    .payment_id = payment_id,
                                    .kind = kind,
                                    .debit = debit,
                                    .credit = credit,
                                    .amount = {amount_minor, std::move(currency)}},
                       .at = at});
  }
  return written;
}

std::vector<Balance> balances(Tx& tx) {
  std::vector<Balance> balances;
  for (auto& [account, minor_units, currency] : tx.query<Account, std::int64_t, std::string>(read_balances)) {
    balances.push_back({account, {minor_units, std::move(currency)}});
  }
  return balances;
}

}  // namespace shop::payment::ledger
