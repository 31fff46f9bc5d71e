// Orders a second that the whole suite completes, at most, when they come whatever becomes of them, all on
// this machine: its five services in the build of today, PostgreSQL and RabbitMQ; how many it still completes
// when more come than that; and how long an order takes at 20 a second.
// Beside the figures it says where the processor time goes, by who uses it.

#include <algorithm>
#include <cstdio>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "bare_shop.hpp"
#include "cpu_books.hpp"
#include "figures.hpp"
#include "http_orders.hpp"
#include "load.hpp"
#include "shop_databases.hpp"
#include "shop_services.hpp"
#include "work_done.hpp"

namespace waybill::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::size_t connections = 64;
constexpr std::size_t under_way = 1'000;
/// Of what it does in a closed loop, so much is placed in the first open one, and so many times more in each
/// that follows, until that was too many.
constexpr double first_part = 0.8;
constexpr double more = 1.25;
/// Where more of what is due is completed, it was not too many.
constexpr double nearly_all = 0.95;
constexpr double calm_rate = 20;

struct Times {
  explicit Times(bool quick)
      : warm_up(quick ? 1s : 3s),
        measured(quick ? 2s : 4s),
        lead(quick ? 1s : 2s),
        flood(quick ? 3s : 12s),
        calm(quick ? 3s : 20s) {}
  milliseconds warm_up;
  milliseconds measured;
  milliseconds lead;  ///< of the flood, before it is counted
  milliseconds flood;
  milliseconds calm;
};

/// Orders a second, and whose the processor time was.
struct Flood {
  double completed_per_second = 0;
  std::map<std::string, double> cpu_us;  ///< an order
};

Flood flood(Load& load, const CpuBooks& books, double rate, const Times& times) {
  load.open_loop(rate, times.lead);
  const auto cpu_before = books.read();
  const auto completed_before = load.completed();
  const auto begin = LoadClock::now();
  load.open_loop(rate, times.flood);
  const std::chrono::duration<double> took = LoadClock::now() - begin;
  const auto completed = static_cast<double>(load.completed() - completed_before);
  Flood seen{completed / took.count(), {}};
  for (const auto& [name, seconds] : books.read()) {
    const auto before = cpu_before.find(name);
    seen.cpu_us[name] = (seconds - (before == cpu_before.end() ? 0 : before->second)) / completed * 1e6;
  }
  load.drain();
  return seen;
}

void measure_flood(Load& load, const ShopDatabases& databases, const CpuBooks& books, const Times& times) {
  load.closed_loop(under_way, 0s, times.warm_up);
  databases.analyze();
  double rate = load.closed_loop(under_way, times.lead, times.measured) * first_part;
  load.drain();
  auto last = flood(load, books, rate, times);
  auto best = last;
  while (last.completed_per_second > nearly_all * rate) {
    rate *= more;
    last = flood(load, books, rate, times);
    if (last.completed_per_second > best.completed_per_second) best = last;
  }
  print_figure("orders", "orders/s", best.completed_per_second);
  print_figure("flooded", "orders/s", last.completed_per_second);
  double together = 0;
  for (const auto& [name, us] : best.cpu_us) {
    print_part(name, "us/order", us);
    together += us;
  }
  print_part("all together", "us/order", together);
}

double part_of(const std::vector<double>& sorted, double part) {
  return sorted.at(static_cast<std::size_t>(static_cast<double>(sorted.size()) * part));
}

void measure(OrderTaker& taker, const ShopDatabases& databases, CpuBooks& books, bool quick) {
  const Times times(quick);
  const WorkDone work(databases);
  Load load(taker, databases);
  books.watch("rabbitmq", port_of(need_environment("WAYBILL_RABBITMQ_URL")));
  books.watch_postgres(port_of(need_environment("WAYBILL_POSTGRES_URL")),
                       [&] { return databases.sessions(); });
  measure_flood(load, databases, books, times);
  const auto took = load.latencies(calm_rate, times.calm);
  load.drain();
  print_figure("p50", "ms", part_of(took, 0.5));
  print_figure("p99", "ms", part_of(took, 0.99));
  work.check(load.accepted());
  if (taker.refused() > 0) {
    throw std::runtime_error(std::to_string(taker.refused()) + " orders were told to come later");
  }
}

void ours(bool quick) {
  const ShopDatabases databases;
  const ShopServices services(databases);
  HttpOrders orders(services.port("order"), connections, services.key());
  CpuBooks books;
  services.watch(books);
  books.watch_self("client");
  measure(orders, databases, books, quick);
}

// The client is a thread of the floor's process here, and next to nothing of it.
void floor(bool quick) {
  const ShopDatabases databases;
  BareShop shop(databases);
  CpuBooks books;
  books.watch_self("floor");
  measure(shop, databases, books, quick);
}

}  // namespace
}  // namespace waybill::bench

int main(int argc, char** argv) {
  return waybill::bench::run(argc, argv, waybill::bench::ours, waybill::bench::floor);
}
