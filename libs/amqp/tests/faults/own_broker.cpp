#include "own_broker.hpp"

#include <memory>

#include "addresses.hpp"

namespace waybill::amqp::tests {
namespace {

// Gone before main() returns.
class OneForAll final : public testing::Environment {
 public:
  servers::DisposableBroker& broker() {
    if (!broker_) broker_ = std::make_unique<servers::DisposableBroker>();
    return *broker_;
  }
  void TearDown() override { broker_.reset(); }

 private:
  std::unique_ptr<servers::DisposableBroker> broker_;
};

auto* const one_for_all = new OneForAll;
const auto* const registered = testing::AddGlobalTestEnvironment(one_for_all);

}  // namespace

OwnBroker::OwnBroker() : host_(broker().address()) { host_.declare_queue("q"); }

servers::DisposableBroker& OwnBroker::broker() { return one_for_all->broker(); }

Options OwnBroker::connection() const {
  auto options = options_for(parse_url(host_.url()).value());
  options.heartbeat = std::chrono::seconds{1};
  return options;
}

}  // namespace waybill::amqp::tests
