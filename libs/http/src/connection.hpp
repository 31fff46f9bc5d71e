#pragma once

#include <cstdint>

#include "waybill/base/clock.hpp"

namespace waybill::http {

/// What a connection is doing, and so what may end it.
enum class Phase : std::uint8_t {
  handshake,  ///< agrees on TLS
  idle,       ///< no byte of a request is there
  head,
  body,
  handling,
  writing,
  streaming,
  closing,  ///< all is said; what the client still sends is thrown away, so that it reads the answer
  ended,
};

/// A connection as its server sees it: it belongs to the coroutine that serves it, and is known to the server
/// for as long as it lives. On the loop's thread.
class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Phase phase() const { return phase_; }
  /// Since when it is in this phase, and until when it may be.
  base::SteadyTime since() const { return since_; }
  base::SteadyTime due() const { return due_; }

  /// Nothing is on its way: it can be closed without a word.
  bool is_silent() const {
    return phase_ == Phase::handshake || phase_ == Phase::idle || phase_ == Phase::closing;
  }
  /// A request is, and its bytes are waited for.
  bool is_sending() const { return phase_ == Phase::head || phase_ == Phase::body; }
  /// When the last bytes came, or the phase began.
  base::SteadyTime last_heard() const { return last_heard_; }
  /// It has to come to its end sooner.
  void hurry(base::SteadyTime due) {
    if (due < due_) due_ = due;
  }

  /// Its time is up.
  virtual void on_due() = 0;
  /// Closes the socket; the coroutine ends by itself.
  virtual void cut() = 0;

 protected:
  ~Connection() = default;

  void enter(Phase phase, base::SteadyTime now, base::SteadyTime due) {
    phase_ = phase;
    since_ = now;
    due_ = due;
    last_heard_ = now;
  }
  void heard(base::SteadyTime now) { last_heard_ = now; }

 private:
  Phase phase_ = Phase::idle;
  base::SteadyTime since_{};
  base::SteadyTime last_heard_{};
  base::SteadyTime due_ = base::SteadyTime::max();
};

}  // namespace waybill::http
