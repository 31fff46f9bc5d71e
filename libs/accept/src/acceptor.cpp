#include "waybill/accept/acceptor.hpp"

#include <vector>

#include "acceptor_core.hpp"
#include "upkeep.hpp"
#include "waybill/base/ensure.hpp"
#include "waybill/runtime/thread.hpp"

namespace waybill::accept {
namespace {

void check(const AcceptorOptions& options, const postgres::Pool& pool) {
  ENSURE(options.groups > 0, "an acceptor without groups answers nothing");
  ENSURE(options.groups < pool.options().connections,
         "each group needs a connection of the pool, and the upkeep of the table another one");
  ENSURE(options.keep >= std::chrono::hours{24}, "clients are promised that answers are kept for 24 hours");
}

}  // namespace

struct Acceptor::Parts {
  Parts(runtime::EventLoop& loop, postgres::Pool& pool, const outbox::Sender& sender,
        const AcceptorOptions& options, const Probe& probe)
      : core(std::make_shared<AcceptorCore>(loop, pool, sender, options, probe)), upkeep(pool, options.keep) {
    try {
      for (std::size_t i = 0; i < options.groups; ++i) {
        threads.emplace_back("accept-" + std::to_string(i), [this] { core->work(upkeep); });
      }
    } catch (...) {
      // Those that did start wait for work; without this their join would never end.
      core->stop(base::Deadline::after(std::chrono::nanoseconds{0}));
      throw;
    }
  }

  const std::shared_ptr<AcceptorCore> core;
  Upkeep upkeep;
  std::vector<runtime::Thread> threads;
};

Acceptor::Acceptor(runtime::EventLoop& loop, postgres::Pool& pool, const outbox::Sender& sender,
                   AcceptorOptions options, const Probe& probe) {
  check(options, pool);
  parts_ = std::make_unique<Parts>(loop, pool, sender, options, probe);
}

Acceptor::~Acceptor() { stop(base::Deadline::after(std::chrono::nanoseconds{0})); }

boost::asio::awaitable<http::Response> Acceptor::accept_function(const http::Request& request,
                                                                 Function function, Sharing sharing) {
  return parts_->core->accept(request, std::move(function), sharing);
}

Acceptor::Load Acceptor::load() const { return parts_->core->load(); }

void Acceptor::stop(base::Deadline deadline) {
  parts_->core->stop(deadline);
  for (auto& thread : parts_->threads) thread.join();
}

}  // namespace waybill::accept
