#include "waybill/message/publisher.hpp"

#include <future>
#include <memory>
#include <ostream>

namespace waybill::message {
namespace {

struct OutcomeText {
  std::string operator()(const Confirmed&) const { return "confirmed"; }
  std::string operator()(const Nacked&) const { return "nacked"; }
  std::string operator()(const Returned& returned) const {
    return "returned: " + std::to_string(returned.code) + " " + returned.text;
  }
  std::string operator()(const Unknown& unknown) const {
    return (unknown.sent ? "unknown: " : "unknown, never sent: ") + unknown.why;
  }
};

}  // namespace

std::string to_string(const Outcome& outcome) { return std::visit(OutcomeText{}, outcome); }

std::ostream& operator<<(std::ostream& out, const Outcome& outcome) { return out << to_string(outcome); }

Outcome publish_and_wait(Publisher& publisher, Publication publication, base::Deadline deadline) {
  // The promise is shared, because its outcome may come a moment before publish() has returned.
  const auto promise = std::make_shared<std::promise<Outcome>>();
  auto outcome = promise->get_future();
  publisher.publish(std::move(publication), deadline,
                    [promise](Outcome ended) { promise->set_value(std::move(ended)); });
  return outcome.get();
}

}  // namespace waybill::message
