#pragma once

#include <array>
#include <utility>

#include "domain/ledger.hpp"
#include "domain/payment.hpp"
#include "waybill/postgres/types.hpp"

// What the domain's enumerations are called in the database, where CHECKs and a type hold the same words.

template <>
struct waybill::postgres::EnumTexts<shop::payment::State> {
  using State = shop::payment::State;
  static constexpr std::array texts{
      std::pair{State::charged, "charged"},       std::pair{State::declined, "declined"},
      std::pair{State::pending, "pending"},       std::pair{State::refunded, "refunded"},
      std::pair{State::called_off, "called_off"}, std::pair{State::tombstone, "tombstone"}};
};

template <>
struct waybill::postgres::EnumTexts<shop::payment::DeclineReason> {
  using Reason = shop::payment::DeclineReason;
  static constexpr std::array texts{std::pair{Reason::insufficient_funds, "insufficient_funds"},
                                    std::pair{Reason::means_refused, "means_refused"},
                                    std::pair{Reason::suspected_fraud, "suspected_fraud"}};
};

template <>
struct waybill::postgres::EnumTexts<shop::payment::TransferKind> {
  using Kind = shop::payment::TransferKind;
  static constexpr std::array texts{std::pair{Kind::capture, "capture"}, std::pair{Kind::refund, "refund"}};
};

template <>
struct waybill::postgres::EnumTexts<shop::payment::Account> {
  using Account = shop::payment::Account;
  static constexpr std::array texts{std::pair{Account::provider_clearing, "provider:clearing"},
                                    std::pair{Account::shop_revenue, "shop:revenue"}};
};
