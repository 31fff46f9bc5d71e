#include "waybill/servers/fault.hpp"

namespace waybill::servers {
namespace {

std::string name(Direction direction) {
  switch (direction) {
    case Direction::client_to_server:
      return "client→server";
    case Direction::server_to_client:
      return "server→client";
    case Direction::both:
      break;
  }
  return "in both directions";
}

std::string name(Cut how) { return how == Cut::reset ? "with a reset" : "with an end"; }

std::string name(Connections of) {
  switch (of) {
    case Connections::open:
      return "every open connection";
    case Connections::next:
      return "the next connection";
    case Connections::each:
      break;
  }
  return "each new connection";
}

std::string in_ms(std::chrono::milliseconds duration) { return std::to_string(duration.count()) + " ms"; }

struct Describe {
  std::string operator()(const fault::None&) const { return "no fault"; }
  std::string operator()(const fault::Refuse&) const { return "refuse connections"; }
  std::string operator()(const fault::NeverAnswer&) const { return "accept and never answer"; }
  std::string operator()(const fault::StopReading& it) const { return "stop reading " + name(it.direction); }
  std::string operator()(const fault::Delay& it) const {
    return "delay " + name(it.direction) + " by " + in_ms(it.fixed) + " and up to " + in_ms(it.jitter) +
           " of jitter";
  }
  std::string operator()(const fault::Throttle& it) const {
    return "throttle " + name(it.direction) + " to " + std::to_string(it.bytes_per_second) +
           " bytes per second";
  }
  std::string operator()(const fault::CutNow& it) const {
    return "cut " + name(Connections::open) + " " + name(it.how);
  }
  std::string operator()(const fault::CutAfter& it) const {
    return "cut " + name(it.of) + " " + name(it.how) + " after " + std::to_string(it.bytes) + " bytes " +
           name(it.direction);
  }
  std::string operator()(const fault::CorruptByte& it) const {
    return "corrupt byte " + std::to_string(it.offset) + " " + name(it.direction) + " of " + name(it.of);
  }
  std::string operator()(const fault::HalfClose& it) const {
    return "half-close " + name(Connections::open) + " " + name(it.direction);
  }
};

}  // namespace

std::string describe(const Fault& fault) { return std::visit(Describe{}, fault); }

}  // namespace waybill::servers
