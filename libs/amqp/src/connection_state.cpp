#include "waybill/amqp/connection_state.hpp"

#include <ostream>

namespace waybill::amqp {
namespace {

struct AsText {
  std::string operator()(const Disconnected& state) const { return "disconnected: " + state.reason; }
  std::string operator()(const Connected& state) const { return "connected to " + state.address; }
  std::string operator()(const Blocked& state) const {
    return "blocked by " + state.address + ": " + state.reason;
  }
};

}  // namespace

std::string to_string(const ConnectionState& state) { return std::visit(AsText{}, state); }

std::ostream& operator<<(std::ostream& out, const ConnectionState& state) { return out << to_string(state); }

}  // namespace waybill::amqp
