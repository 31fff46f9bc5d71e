#pragma once

#include <array>
#include <utility>

#include "domain/decision.hpp"
#include "waybill/postgres/types.hpp"

template <>
struct waybill::postgres::EnumTexts<shop::notification::Channel> {
  using Channel = shop::notification::Channel;
  static constexpr std::array texts{std::pair{Channel::email, "email"}, std::pair{Channel::sms, "sms"},
                                    std::pair{Channel::push, "push"}};
};

template <>
struct waybill::postgres::EnumTexts<shop::notification::Event> {
  using Event = shop::notification::Event;
  static constexpr std::array texts{std::pair{Event::placed, "placed"},
                                    std::pair{Event::confirmed, "confirmed"},
                                    std::pair{Event::cancelled, "cancelled"}};
};

template <>
struct waybill::postgres::EnumTexts<shop::notification::Status> {
  using Status = shop::notification::Status;
  static constexpr std::array texts{std::pair{Status::requested, "requested"},
                                    std::pair{Status::delivered, "delivered"},
                                    std::pair{Status::undeliverable, "undeliverable"}};
};
