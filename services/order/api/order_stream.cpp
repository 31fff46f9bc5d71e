#include "api/order_stream.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "api/order_json.hpp"
#include "api/problems.hpp"
#include "persistence/orders.hpp"
#include "waybill/saga/engine.hpp"

namespace shop::order {
namespace {

namespace http = waybill::http;
using namespace std::chrono_literals;
using boost::asio::awaitable;
using waybill::base::Deadline, waybill::base::Uuid;
using waybill::postgres::Tx;
using waybill::service::Service;
using Next = std::variant<http::Event, http::Quiet, http::EndOfEvents>;

/// Whoever looks does so seldom enough that a few hundred streams are nothing to the database.
constexpr auto look_every = 300ms;
constexpr auto look_within = 5s;

/// What one client has seen of one order, and what it is to be told next.
class OrderStream {
 public:
  OrderStream(Service& service, const Uuid& saga, std::size_t seen)
      : service_(service), saga_(saga), seen_(seen) {}

  awaitable<Next> next(Deadline deadline) {
    const auto look = [this] { return look_at_journal(); };
    for (;;) {
      if (!events_.empty()) {
        auto event = std::move(events_.front());
        events_.pop_front();
        co_return event;
      }
      if (has_ended_) co_return http::EndOfEvents{};
      auto found = co_await service_.readers().run(look);
      if (!found.empty()) {
        events_ = std::move(found);
        continue;
      }
      if (deadline.remaining() <= look_every) co_return http::Quiet{};
      boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, look_every);
      co_await timer.async_wait(boost::asio::use_awaitable);
    }
  }

 private:
  std::deque<http::Event> look_at_journal() {
    const auto read = [this](Tx& tx) { return waybill::saga::Engine::journal(tx, saga_); };
    const auto entries = service_.pool().transact(read, Deadline::after(look_within));
    std::deque<http::Event> events;
    for (; seen_ < entries.size(); ++seen_) {
      events.push_back(
          {.id = std::to_string(seen_ + 1), .type = "progress", .data = json_of(entries[seen_])});
    }
    has_ended_ = !entries.empty() && std::ranges::any_of(entries, [](const auto& entry) {
      return waybill::saga::has_ended(entry.status);
    });
    return events;
  }

  Service& service_;
  const Uuid saga_;
  std::size_t seen_;
  bool has_ended_ = false;
  std::deque<http::Event> events_{};
};

/// How many events the client has; none where it says so in no way that we know.
std::size_t seen_by(const http::Request& request) {
  const auto text = request.headers.find("Last-Event-ID");
  std::size_t seen = 0;
  if (!text) return 0;
  const auto read = std::from_chars(text->data(), text->data() + text->size(), seen);
  return read.ec == std::errc() && read.ptr == text->data() + text->size() ? seen : 0;
}

struct Begun {
  std::optional<Order> order;
  std::size_t happened = 0;
};

awaitable<http::Response> stream_order(Service& service, const http::Request& request) {
  const auto id = Uuid::parse(request.path_parameter("id"));
  if (!id) co_return http::to_response(no_such_order());
  const auto look = [&](Tx& tx) {
    Begun begun{.order = orders::find(tx, request.client, *id)};
    if (begun.order) begun.happened = waybill::saga::Engine::journal(tx, begun.order->saga).size();
    return begun;
  };
  const auto deadline = request.deadline;
  const auto read = [&] { return service.pool().transact(look, deadline); };
  const auto begun = co_await service.readers().run(read, deadline);
  if (!begun.order) co_return http::to_response(no_such_order());
  const auto seen = seen_by(request);
  if (has_ended(begun.order->status) && seen >= begun.happened) co_return http::empty_response(204);
  const auto stream =
      std::make_shared<OrderStream>(service, begun.order->saga, std::min(seen, begun.happened));
  co_return http::stream_response([stream](Deadline until) { return stream->next(until); });
}

}  // namespace

void stream_orders(Service& service, const http::RouteOptions& options) {
  service.answer(
      http::Method::get, "/api/v1/orders/{id}/stream",
      [&service](const http::Request& request) { return stream_order(service, request); }, options);
}

}  // namespace shop::order
