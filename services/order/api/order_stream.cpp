#include "api/order_stream.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "api/order_json.hpp"
#include "api/problems.hpp"
#include "persistence/orders.hpp"
#include "waybill/saga/engine.hpp"
#include "waybill/telemetry/log_every.hpp"

namespace shop::order {
namespace {

namespace http = waybill::http;
using namespace std::chrono_literals;
using boost::asio::awaitable;
using waybill::base::Deadline, waybill::base::Uuid;
using waybill::postgres::Tx;
using waybill::service::Service;
using waybill::telemetry::LogEvery;
using Next = std::variant<http::Event, http::Quiet, http::EndOfEvents>;

/// Whoever looks does so seldom enough that a few hundred streams are nothing to the database.
constexpr auto look_every = 300ms;
constexpr auto look_within = 5s;

constexpr std::string_view progress_event = "progress";
constexpr std::string_view end_event = "end";

/// One that an operator has abandoned may be taken up again, and is no end.
bool is_over(waybill::saga::Status status) {
  return status == waybill::saga::Status::completed || status == waybill::saga::Status::compensated;
}

/// What one client has seen of one order, and what it is to be told next. Each change of the saga has a
/// revision of its own, which is the event's id.
class OrderStream {
 public:
  OrderStream(Service& service, std::shared_ptr<LogEvery> faults, const Uuid& saga, std::int64_t seen)
      : service_(service), faults_(std::move(faults)), saga_(saga), seen_(seen) {}

  awaitable<Next> next(Deadline deadline) {
    for (;;) {
      if (!events_.empty()) co_return take_event();
      if (has_ended_) co_return http::EndOfEvents{};
      co_await look();
      if (!events_.empty()) continue;
      if (deadline.remaining() <= look_every) co_return http::Quiet{};
      boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, look_every);
      co_await timer.async_wait(boost::asio::use_awaitable);
    }
  }

 private:
  http::Event take_event() {
    auto event = std::move(events_.front());
    events_.pop_front();
    has_ended_ = event.type == end_event;
    return event;
  }

  /// A database that is away or busy is looked at again later: the client need not notice.
  awaitable<void> look() {
    const auto look_for_news = [this] { return news(); };
    const auto begin_by = Deadline::after(look_within);
    try {
      auto found = co_await service_.readers().run(look_for_news, begin_by);
      events_ = std::move(found);
    } catch (const std::exception& fault) {
      faults_->log(waybill::telemetry::Level::warn, "order_stream_rests", {{"fault", fault.what()}});
    }
    if (!events_.empty()) seen_ = last_;
  }

  /// Reads the journal only where there is something new in it.
  std::deque<http::Event> news() {
    std::deque<http::Event> events;
    const auto read = [&](Tx& tx) {
      events.clear();
      const auto revision = waybill::saga::Engine::revision(tx, saga_);
      if (revision && *revision > seen_) events = unseen(waybill::saga::Engine::journal(tx, saga_));
    };
    service_.pool().transact(read, Deadline::after(look_within));
    return events;
  }

  std::deque<http::Event> unseen(const std::vector<waybill::saga::JournalEntry>& entries) {
    std::deque<http::Event> events;
    for (const auto& entry : entries) {
      if (entry.revision <= seen_ || !waybill::saga::has_changed(entry.outcome)) continue;
      const auto type = is_over(entry.status) ? end_event : progress_event;
      events.push_back(
          {.id = std::to_string(entry.revision), .type = std::string(type), .data = json_of(entry)});
      last_ = entry.revision;
    }
    return events;
  }

  Service& service_;
  std::shared_ptr<LogEvery> faults_;
  const Uuid saga_;
  std::int64_t seen_;
  std::int64_t last_ = 0;
  bool has_ended_ = false;
  std::deque<http::Event> events_{};
};

/// The last event that the client has; none where it says so in no way that we know.
std::int64_t seen_by(const http::Request& request) {
  const auto text = request.headers.find("Last-Event-ID");
  std::int64_t seen = 0;
  if (!text) return 0;
  const auto read = std::from_chars(text->data(), text->data() + text->size(), seen);
  return read.ec == std::errc() && read.ptr == text->data() + text->size() ? seen : 0;
}

struct Begun {
  std::optional<Order> order;
  std::optional<std::int64_t> revision;  ///< none where the saga has ended so long ago that it is gone
};

awaitable<http::Response> stream_order(Service& service, const std::shared_ptr<LogEvery>& faults,
                                       const http::Request& request) {
  const auto id = Uuid::parse(request.path_parameter("id"));
  if (!id) co_return http::to_response(no_such_order());
  const auto look = [&](Tx& tx) {
    Begun begun{.order = orders::find(tx, request.client, *id), .revision = {}};
    if (begun.order) begun.revision = waybill::saga::Engine::revision(tx, begun.order->saga);
    return begun;
  };
  const auto deadline = request.deadline;
  const auto read = [&] { return service.pool().transact(look, deadline); };
  const auto begun = co_await service.readers().run(read, deadline);
  if (!begun.order) co_return http::to_response(no_such_order());
  const auto last = begun.revision.value_or(0);
  const auto seen = std::clamp<std::int64_t>(seen_by(request), 0, last);
  if (has_ended(begun.order->status) && seen == last) co_return http::empty_response(204);
  const auto stream = std::make_shared<OrderStream>(service, faults, begun.order->saga, seen);
  co_return http::stream_response([stream](Deadline until) { return stream->next(until); });
}

}  // namespace

void stream_orders(Service& service, const http::RouteOptions& options) {
  const auto faults = std::make_shared<LogEvery>(10s);
  service.answer(
      http::Method::get, "/api/v1/orders/{id}/stream",
      [&service, faults](const http::Request& request) { return stream_order(service, faults, request); },
      options);
}

}  // namespace shop::order
