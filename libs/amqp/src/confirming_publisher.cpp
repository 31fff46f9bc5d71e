#include "waybill/amqp/confirming_publisher.hpp"

#include <stdexcept>

#include "connection.hpp"
#include "hand_over.hpp"
#include "publisher_role.hpp"
#include "topology_text.hpp"
#include "waybill/base/ensure.hpp"
#include "wire/content.hpp"

namespace waybill::amqp {
namespace {

PublisherOptions checked(PublisherOptions options) {
  check(options.connection);
  if (options.window == 0 || options.queue == 0) {
    throw std::invalid_argument("amqp: a publisher's window and queue hold at least one publication each");
  }
  if (options.topology) check(options.topology->topology);
  return options;
}

}  // namespace

struct ConfirmingPublisher::Parts {
  explicit Parts(PublisherOptions given)
      : options(checked(std::move(given))),
        hand_over(options.queue, [this] { waiter.wake(); }),
        role(options, hand_over),
        connection(options.connection, waiter, role, options.observer, options.probe) {}

  PublisherOptions options;
  Waiter waiter;
  HandOver hand_over;
  PublisherRole role;
  Connection connection;  // last: its thread uses the others
};

ConfirmingPublisher::ConfirmingPublisher(PublisherOptions options)
    : parts_(std::make_unique<Parts>(std::move(options))) {}

ConfirmingPublisher::~ConfirmingPublisher() = default;

void ConfirmingPublisher::publish(message::Publication publication, base::Deadline deadline, Done done) {
  ENSURE(done != nullptr, "somebody wants to know the outcome");
  if (auto why = unsendable(publication, parts_->options.connection.max_message_bytes); !why.empty()) {
    return parts_->hand_over.tell({std::move(done), message::Unknown{std::move(why), false}});
  }
  parts_->hand_over.put({std::move(publication), deadline, std::move(done)});
}

bool ConfirmingPublisher::try_publish(message::Publication& publication, base::Deadline deadline,
                                      Done& done) {
  ENSURE(done != nullptr, "somebody wants to know the outcome");
  if (auto why = unsendable(publication, parts_->options.connection.max_message_bytes); !why.empty()) {
    parts_->hand_over.tell({std::move(done), message::Unknown{std::move(why), false}});
    return true;
  }
  Unsent item{std::move(publication), deadline, std::move(done)};
  if (parts_->hand_over.try_put(item)) return true;
  publication = std::move(item.publication);
  done = std::move(item.done);
  return false;
}

}  // namespace waybill::amqp
