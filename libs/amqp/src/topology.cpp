#include "waybill/amqp/topology.hpp"

#include <chrono>

#include "channel_calls.hpp"
#include "fault.hpp"
#include "net/login.hpp"
#include "net/open_transport.hpp"
#include "topology_text.hpp"

namespace waybill::amqp {
namespace {

constexpr amqp_channel_t declaring_channel = 1;
constexpr std::chrono::milliseconds setup_goodbye_time{200};

class Nobody final : public LinkUser {
 public:
  base::SteadyTime attend() override { return base::SteadyTime::max(); }
  void on_frame(const amqp_frame_t&) override {}
};

std::vector<std::string> set_up_at(const Endpoint& endpoint, const Options& options,
                                   const TopologySetup& setup, base::Deadline deadline) {
  Waiter waiter;
  Nobody nobody;
  const auto limit = deadline.earlier_of(base::Deadline::after(options.answer_timeout));
  Link link(open_transport(endpoint, options.tls, waiter, nobody, limit), waiter, nobody, endpoint.address());
  log_in(link, endpoint, options, limit);
  ChannelCalls calls(link, declaring_channel, options.answer_timeout);
  auto problems = calls.set_up(setup);
  try {
    link.close(base::Deadline::after(setup_goodbye_time));
  } catch (const ConnectionFault&) {
    // What was to be said has been answered; how the connection ends does not matter.
    return problems;
  }
  return problems;
}

}  // namespace

TopologyError::TopologyError(std::vector<std::string> problems)
    : std::runtime_error("the broker's topology is not as described:\n" + joined(problems)),
      problems_(std::move(problems)) {}

void set_up_topology(const Options& options, const TopologySetup& setup, base::Deadline deadline) {
  check(options);
  check(setup.topology);
  std::string failures;
  for (const auto& endpoint : options.endpoints) {
    try {
      auto problems = set_up_at(endpoint, options, setup, deadline);
      if (!problems.empty()) throw TopologyError(std::move(problems));
      return;
    } catch (const ConnectionFault& fault) {
      failures += (failures.empty() ? "" : "\n") + std::string{fault.what()};
    }
  }
  throw std::runtime_error(failures);
}

}  // namespace waybill::amqp
