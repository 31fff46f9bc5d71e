#include "shop.hpp"

#include <chrono>

#include "waybill/runtime/text_file.hpp"

namespace waybill::topology_tests {

amqp::Manifest shop_manifest() { return amqp::load_manifest(WAYBILL_SHOP_MANIFEST).value(); }

std::string shop_definitions() { return runtime::read_text_file(WAYBILL_SHOP_DEFINITIONS, 16 << 20).value(); }

std::vector<std::string> set_up(const std::string& url, const amqp::Topology& topology,
                                amqp::TopologyMode mode) {
  try {
    amqp::set_up_topology(amqp::Options::for_urls({url}), {topology, mode},
                          base::Deadline::after(std::chrono::seconds{60}));
  } catch (const amqp::TopologyError& error) {
    return error.problems();
  }
  return {};
}

}  // namespace waybill::topology_tests
