#include "waybill/outbound/fault.hpp"

namespace waybill::outbound {

std::string_view to_string(Trouble trouble) {
  static constexpr std::array<std::string_view, all_troubles.size()> names{
      "invalid request", "kept away", "name not found", "unreachable", "tls", "deadline", "lost",
      "malformed",       "too large", "cancelled",      "closed"};
  return names.at(static_cast<std::size_t>(trouble));
}

std::string_view to_string(Effect effect) { return effect == Effect::none ? "none" : "possible"; }

}  // namespace waybill::outbound
