#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>

#include "waybill/postgres/options.hpp"
#include "waybill/postgres/session.hpp"
#include "waybill/runtime/thread.hpp"

namespace waybill::outbox {

/// Hears the bells of other processes, on a thread and a session of its own, for as long as it lives. It
/// connects again when its session is lost, and then says that it has heard one: it may have missed some.
class Listener {
 public:
  Listener(postgres::Options database, std::function<void()> heard);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

 private:
  void run();
  void listen(postgres::Session& session);
  /// Makes the session one that the destructor cuts. False when it is to stop.
  bool expose(postgres::Session* session);
  bool is_stopped() const;

  const postgres::Options options_;
  const std::function<void()> heard_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  postgres::Session* session_ = nullptr;
  bool is_stopped_ = false;
  runtime::Thread thread_;
};

}  // namespace waybill::outbox
