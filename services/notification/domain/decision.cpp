#include "domain/decision.hpp"

#include <cstddef>

namespace shop::notification {
namespace {

/// The finalizer of SplitMix64: each bit of what goes in changes half of what comes out.
constexpr std::uint64_t mixed(std::uint64_t bits) {
  bits += 0x9e3779b97f4a7c15ULL;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9ULL;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebULL;
  return bits ^ (bits >> 31);
}

}  // namespace

std::string_view to_string(Status status) {
  switch (status) {
    case Status::requested:
      return "requested";
    case Status::delivered:
      return "delivered";
    case Status::undeliverable:
      return "undeliverable";
  }
  return "";
}

std::vector<Decision> decide(const OrderEvent& event, const Preferences& preferences) {
  std::vector<Decision> decisions;
  for (const auto channel : channels) {
    const auto& address = event.contact.address(channel);
    if (address.empty() || !preferences.wants(channel, event.event)) continue;
    const auto status = is_address(channel, address) ? Status::requested : Status::undeliverable;
    decisions.push_back({notification_id(event.id, channel), channel, address, status});
  }
  return decisions;
}

waybill::base::Uuid notification_id(const waybill::base::Uuid& event_id, Channel channel) {
  constexpr std::size_t time_bytes = 6;
  auto bytes = event_id.bytes();
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  for (std::size_t n = 0; n < 8; ++n) {
    high = high << 8 | bytes.at(n);
    low = low << 8 | bytes.at(n + 8);
  }
  low = mixed(low + mixed(high + static_cast<std::uint64_t>(channel)));
  high = mixed(low);
  for (std::size_t n = 0; n < 8; ++n) bytes.at(8 + n) = static_cast<std::uint8_t>(low >> (8 * n));
  for (std::size_t n = time_bytes; n < 8; ++n) bytes.at(n) = static_cast<std::uint8_t>(high >> (8 * n));
  // A UUIDv8 of RFC 9562, laid out as the UUIDv7 that it comes from.
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0fU) | 0x80U);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3fU) | 0x80U);
  return waybill::base::Uuid(bytes);
}

}  // namespace shop::notification
