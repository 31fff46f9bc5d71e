#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "kept_connection.hpp"
#include "order_taker.hpp"
#include "waybill/runtime/file_descriptor.hpp"

namespace waybill::bench {

/// Places orders with the order service over kept connections, each with an Idempotency-Key of its own, for
/// two kinds of goods out of all that there are, and for a customer who wants e-mails only. One that finds no
/// connection free is sent as soon as there is one.
class HttpOrders final : public OrderTaker {
 public:
  HttpOrders(std::uint16_t port, std::size_t connections, const std::string& key);

  void place(LoadClock::time_point due) override;
  std::vector<AcceptedOrder> accepted(std::chrono::milliseconds wait) override;
  std::size_t refused() const override { return refused_; }

 private:
  struct Client {
    explicit Client(std::uint16_t port) : connection(port) {}
    KeptConnection connection;
    LoadClock::time_point due{};
    bool is_idle = true;
  };
  void listen_to(Client& client) const;
  void send_waiting();
  std::string request();

  const std::uint16_t port_;
  const std::string head_;
  runtime::FileDescriptor poll_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::deque<Client*> idle_;
  std::deque<LoadClock::time_point> waiting_;
  std::mt19937 random_{1};
  std::size_t refused_ = 0;
};

}  // namespace waybill::bench
