#pragma once

#include <memory>
#include <string>

namespace waybill::servers {

/// A PostgreSQL server for a test that breaks it. Tests that use one are kept apart by RESOURCE_LOCK
/// disposable_servers.
///
/// Promises: it is this test's alone, on a free port that stays the same through kill9() and start(), unless
/// another program takes it meanwhile. It is durable: what was committed is there after kill9(). start()
/// returns when clients can log in. Nothing of it is left after the destructor, nor when the test's process
/// dies. Whatever fails is a std::runtime_error with what scripts/stack said. Concurrency: any thread; calls
/// that change something run one after the other.
class DisposablePostgres {
 public:
  /// `configuration` is added to postgresql.conf.
  explicit DisposablePostgres(const std::string& configuration = "");
  ~DisposablePostgres();
  DisposablePostgres(const DisposablePostgres&) = delete;
  DisposablePostgres& operator=(const DisposablePostgres&) = delete;

  /// Of an empty database, as a superuser.
  std::string url() const;

  /// The server and all its sessions at once, as a power cut.
  void kill9();
  /// The fast shutdown: sessions are ended, their transactions rolled back.
  void stop();
  void start();
  /// Freezes the server with all its sessions (SIGSTOP): it takes what is sent but never answers.
  void pause();
  void resume();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace waybill::servers
