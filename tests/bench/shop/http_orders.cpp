#include "http_orders.hpp"

#include <sys/epoll.h>

#include <array>
#include <span>
#include <stdexcept>

#include "shop_databases.hpp"
#include "waybill/base/uuid_v7.hpp"

namespace waybill::bench {
namespace {

constexpr int accepted_status = 202;

std::string id_in(const std::string& answer) {
  constexpr std::string_view place = "Location: /api/v1/orders/";
  const auto found = answer.find(place);
  if (found == std::string::npos) throw std::runtime_error("an order without a place: " + answer);
  return answer.substr(found + place.size(), 36);
}

}  // namespace

HttpOrders::HttpOrders(std::uint16_t port, std::size_t connections, const std::string& key)
    : port_(port),
      head_(
          "POST /api/v1/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\nAccept: "
          "application/json\r\n"
          "Content-Type: application/json\r\nAuthorization: Bearer " +
          key + "\r\nIdempotency-Key: "),
      poll_(::epoll_create1(EPOLL_CLOEXEC)) {
  for (std::size_t n = 0; n < connections; ++n) {
    auto& client = *clients_.emplace_back(std::make_unique<Client>(port));
    listen_to(client);
    idle_.push_back(&client);
  }
}

void HttpOrders::listen_to(Client& client) const {
  epoll_event event{.events = EPOLLIN, .data = {.ptr = &client}};
  ::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, client.connection.descriptor(), &event);
}

void HttpOrders::place(LoadClock::time_point due) {
  waiting_.push_back(due);
  send_waiting();
}

std::vector<AcceptedOrder> HttpOrders::accepted(std::chrono::milliseconds wait) {
  std::array<epoll_event, 64> ready{};
  const int count =
      ::epoll_wait(poll_.get(), ready.data(), static_cast<int>(ready.size()), static_cast<int>(wait.count()));
  std::vector<AcceptedOrder> orders;
  for (const auto& event : std::span(ready).first(static_cast<std::size_t>(count > 0 ? count : 0))) {
    auto& client = *static_cast<Client*>(event.data.ptr);
    if (client.is_idle) {
      // The server has waited long enough for a request, and has closed the connection.
      client.connection = KeptConnection(port_);
      listen_to(client);
      continue;
    }
    const auto answer = client.connection.receive();
    if (!answer) continue;
    if (answer->status == accepted_status) {
      orders.push_back({id_in(answer->text), client.due});
    } else if (answer->status == 503 || answer->status == 429) {
      ++refused_;
    } else {
      throw std::runtime_error("the order service answered: " + answer->text);
    }
    client.is_idle = true;
    idle_.push_back(&client);
  }
  send_waiting();
  return orders;
}

void HttpOrders::send_waiting() {
  while (!waiting_.empty() && !idle_.empty()) {
    // The one that has been idle for longest, so that none is closed meanwhile.
    auto& client = *idle_.front();
    idle_.pop_front();
    client.is_idle = false;
    client.due = waiting_.front();
    waiting_.pop_front();
    client.connection.send(request());
  }
}

std::string HttpOrders::request() {
  const auto sku = random_() % shop_skus;
  const auto other = (sku + 1 + random_() % (shop_skus - 1)) % shop_skus;
  const auto customer = "c-" + std::to_string(random_() % 10'000);
  const auto body = R"({"customer_id":")" + customer + R"(","contact":{"email":")" + customer +
                    R"(@example.com"},"lines":[{"sku":"sku-)" + std::to_string(sku) +
                    R"(","quantity":2},{"sku":"sku-)" + std::to_string(other) +
                    R"(","quantity":1}],"payment_token":"tok_ok"})";
  return head_ + base::new_uuid_v7().to_string() + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

}  // namespace waybill::bench
