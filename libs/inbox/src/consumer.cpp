#include "waybill/inbox/consumer.hpp"

#include <stdexcept>

#include "consumer_loop.hpp"
#include "waybill/runtime/thread.hpp"

namespace waybill::inbox {
namespace {

void check(const ConsumerOptions& options, const postgres::Options& database) {
  const auto need = [](bool is_right, const char* what) {
    if (!is_right) throw std::invalid_argument(std::string("inbox: ") + what);
  };
  need(!options.consumer.empty(), "the consumer has no name");
  need(!options.queue.value().empty(), "the queue has no name");
  need(options.batch >= 1 && options.batch <= 10'000, "a batch has 1 to 10,000 messages");
  need(options.retries.attempts >= 1, "there is at least one attempt");
  need(options.retries.initial.count() >= 0 && options.retries.maximum >= options.retries.initial,
       "the longest wait between attempts is shorter than the first");
  need(options.retries.multiplier >= 1.0, "the waits between attempts shrink");
  need(options.handle_within.count() > 0, "handlers have no time");
  need(database.statement_timeout.count() == 0 || options.handle_within <= database.statement_timeout,
       "handle_within is longer than statement_timeout, when the pool takes the server for lost");
  need(options.remember >= std::chrono::hours{1}, "what was handled is remembered for an hour at least");
}

}  // namespace

struct Consumer::Parts {
  ConsumerLoop loop;
  runtime::Thread thread;
};

Consumer::Consumer(ConsumerOptions options, postgres::Pool& pool, const outbox::Sender& sender,
                   Handlers handlers, Subscribe subscribe, const Probe& probe) {
  check(options, pool.options());
  parts_.reset(
      new Parts{{std::move(options), pool, sender, std::move(handlers), std::move(subscribe), probe}, {}});
  parts_->thread = runtime::Thread("consumer", [parts = parts_.get()] { parts->loop.run(); });
}

Consumer::~Consumer() { stop(); }

void Consumer::stop() {
  parts_->loop.stop();
  parts_->thread.join();
}

}  // namespace waybill::inbox
