#include "waybill/servers/disposable_broker.hpp"

#include "private_stack.hpp"
#include "waybill/base/ensure.hpp"
#include "waybill/testkit/temporary_directory.hpp"

namespace waybill::servers {

struct DisposableBroker::State {
  State(int count, const std::string& configuration)
      : nodes(count),
        stack({"--only", "rabbitmq", "--nodes", std::to_string(count), "--rabbitmq-config",
               directory.write("added.conf", configuration)}) {}

  void run(const char* verb, int node) { stack.run({verb, "rabbitmq", "--node", std::to_string(node)}); }

  int nodes;
  testkit::TemporaryDirectory directory;
  PrivateStack stack;
};

DisposableBroker::DisposableBroker(int nodes, const std::string& configuration)
    : state_(std::make_unique<State>(nodes, configuration)) {}
DisposableBroker::~DisposableBroker() = default;

BrokerAddress DisposableBroker::address(int node) const {
  ENSURE(node >= 1 && node <= state_->nodes);
  const auto suffix = state_->nodes == 1 ? std::string{} : "_" + std::to_string(node);
  return {state_->stack.variable("WAYBILL_RABBITMQ_URL" + suffix),
          state_->stack.variable("WAYBILL_RABBITMQ_MANAGEMENT_URL" + suffix)};
}

void DisposableBroker::kill9(int node) { state_->run("kill", node); }
void DisposableBroker::stop(int node) { state_->run("stop", node); }
void DisposableBroker::start(int node) { state_->run("start", node); }
void DisposableBroker::pause(int node) { state_->run("pause", node); }
void DisposableBroker::resume(int node) { state_->run("resume", node); }

std::string DisposableBroker::evaluate(const std::string& expression, int node) {
  return state_->stack.run({"eval", "rabbitmq", expression, "--node", std::to_string(node)});
}

}  // namespace waybill::servers
