#include "waybill/postgres/pool.hpp"

#include <mutex>
#include <random>
#include <string>

#include "attempt.hpp"
#include "connections.hpp"
#include "rerun.hpp"
#include "waybill/base/ensure.hpp"
#include "waybill/runtime/blocking_pool.hpp"

namespace waybill::postgres {
namespace {

std::uint64_t draw_seed() {
  thread_local std::mt19937_64 random{std::random_device{}()};
  return random();
}

// How many functions may wait for one of the pool's threads, for each thread.
constexpr std::size_t queue_per_thread = 64;

}  // namespace

struct Pool::Impl {
  Impl(Options given, const Probe& its_probe)
      : options(std::move(given)), probe(its_probe), connections(options) {}

  const Options options;
  const Probe probe;
  Connections connections;
  std::once_flag threads_started;
  std::unique_ptr<runtime::BlockingPool> threads;
};

Pool::Pool(Options options, const Probe& probe) : impl_(std::make_unique<Impl>(std::move(options), probe)) {
  ENSURE(impl_->options.connections > 0, "a pool without connections can do nothing");
  static_cast<void>(endpoint_of(impl_->options));
}

Pool::~Pool() = default;

void Pool::ping(base::Deadline deadline) {
  transact([](Tx& tx) { return tx.query_one<int>("SELECT 1"); }, deadline);
}

void Pool::close(base::Deadline deadline) { impl_->connections.close(deadline); }

Pool::Load Pool::load() const {
  const auto count = impl_->connections.count();
  return {.in_use = count.in_use, .idle = count.idle, .waiting = count.waiting};
}

const Options& Pool::options() const { return impl_->options; }

runtime::BlockingPool& Pool::threads() {
  std::call_once(impl_->threads_started, [this] {
    const std::size_t count = impl_->options.connections;
    impl_->threads = std::make_unique<runtime::BlockingPool>(runtime::BlockingPool::Options{
        .name = "database", .threads = count, .queue = count * queue_per_thread});
  });
  return *impl_->threads;
}

bool Pool::pause(std::chrono::milliseconds duration, base::Deadline deadline) {
  return impl_->connections.pause(duration, deadline);
}

void Pool::run_once(TxFunction function, base::Deadline deadline, Isolation isolation) {
  ENSURE(!InsideTransaction::here(),
         "a transaction was begun inside the function of another one, on the same thread: it could wait for "
         "ever for the "
         "connection its own thread holds. Pass the Tx on instead");
  const auto& probe = impl_->probe;
  std::vector<std::function<void()>> after_commit;
  const auto asked = base::system_clock().steady();
  try {
    Lease lease = impl_->connections.take(deadline);
    const auto began = base::system_clock().steady();
    probe.connection_taken(began - asked);
    const Probe::InUse in_use(probe);
    try {
      after_commit = attempt(lease.connection(), function, deadline, isolation);
    } catch (...) {
      if (lease.connection().broken()) impl_->connections.drop_idle();
      throw;
    }
    probe.committed(base::system_clock().steady() - began);
  } catch (const Fault& fault) {
    probe.failed(fault.kind());
    throw;
  } catch (...) {
    probe.rolled_back();
    throw;
  }
  run_after_commit(after_commit);
}

void Pool::run(TxFunction function, base::Deadline deadline, Isolation isolation) {
  std::optional<Rerun> rerun;
  for (;;) {
    try {
      return run_once(function, deadline, isolation);
    } catch (const Fault& fault) {
      if (!rerun) rerun.emplace(impl_->options.attempts, draw_seed());
      const auto wait = rerun->after(fault);
      if (!wait || deadline.passed() || !pause(*wait, deadline)) throw;
      impl_->probe.rerun(fault.kind());
    }
  }
}

}  // namespace waybill::postgres
