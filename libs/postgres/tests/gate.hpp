#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace waybill::postgres::testing {

/// Stands between client and server on a port of its own, and fails when it is told to.
class Gate {
 public:
  Gate(const std::string& host, const std::string& port);
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  const std::string& port() const { return port_; }

  enum class Mode {
    open,
    silent,           ///< what the client sends arrives, what the server answers does not
    deaf,             ///< reads nothing more from the client
    cut_at_question,  ///< the next thing the client sends ends its connection instead of arriving
    cut_at_answer,    ///< the next thing the server answers ends the connection instead of arriving
  };
  void set(Mode mode) { mode_ = mode; }
  void cut_all();

 private:
  void accept_all();
  void relay(int client);

  std::string host_;
  std::string target_port_;
  std::string port_;
  int listener_ = -1;
  std::atomic<Mode> mode_ = Mode::open;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::vector<int> clients_;
  std::vector<int> cut_;
  std::vector<std::thread> relays_;  // the acceptor's own, until it has ended
  std::thread acceptor_;
};

}  // namespace waybill::postgres::testing
