#include "load.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "waybill/testkit/eventually.hpp"

namespace waybill::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr auto look_every = 50ms;

std::size_t count_of(const servers::TestDatabase& database, const std::string& what) {
  return std::stoul(database.sql("SELECT count(*) FROM " + what));
}

LoadClock::duration interval(double per_second) {
  return std::chrono::duration_cast<LoadClock::duration>(std::chrono::duration<double>(1 / per_second));
}

/// Until the next one is due, in whole milliseconds and never less than none.
milliseconds until(LoadClock::time_point due) {
  return std::max(0ms, std::chrono::floor<milliseconds>(due - LoadClock::now()));
}

}  // namespace

Load::Load(OrderTaker& taker, const ShopDatabases& databases)
    : taker_(taker), databases_(databases), orders_(databases.of("order").url()) {
  orders_.run("SET enable_seqscan = off");
  orders_.prepare("look", "SELECT id FROM orders WHERE id = ANY($1::uuid[]) AND status = 'confirmed'");
}

double Load::closed_loop(std::size_t under_way, milliseconds warm_up, milliseconds measured) {
  const auto begin = LoadClock::now() + warm_up;
  const auto end = begin + measured;
  std::size_t placed = 0;
  std::size_t ended = 0;
  std::size_t counted = 0;
  auto next_look = LoadClock::now();
  for (auto now = LoadClock::now(); now < end; now = LoadClock::now()) {
    for (; placed - ended < under_way + taker_.refused(); ++placed) taker_.place(now);
    take_accepted(5ms);
    if (now < next_look) continue;
    next_look = now + look_every;
    const auto confirmed = look().size();
    ended += confirmed;
    if (now > begin) counted += confirmed;
  }
  return static_cast<double>(counted) / std::chrono::duration<double>(measured).count();
}

void Load::open_loop(double per_second, milliseconds lasts) {
  const auto step = interval(per_second);
  auto due = LoadClock::now();
  for (const auto end = due + lasts; due < end;) {
    for (; due <= LoadClock::now() && due < end; due += step) taker_.place(due);
    // Late by less than a millisecond, which is next to nothing here, and spares the machine a busy client.
    take_accepted(until(due) + 1ms);
  }
}

std::vector<double> Load::latencies(double per_second, milliseconds lasts) {
  const auto step = interval(per_second);
  std::vector<double> took;
  auto due = LoadClock::now();
  for (const auto end = due + lasts; due < end;) {
    for (; due <= LoadClock::now() && due < end; due += step) taker_.place(due);
    // At this rate few are under way, and looking for them costs next to nothing.
    take_accepted(under_way_.empty() ? until(due) : std::min(until(due), 1ms));
    std::ranges::copy(look(), std::back_inserter(took));
  }
  testkit::eventually([&] {
    take_accepted(0ms);
    std::ranges::copy(look(), std::back_inserter(took));
    return under_way_.empty();
  });
  std::ranges::sort(took);
  return took;
}

void Load::drain() {
  const auto is_over = [&] {
    take_accepted(1ms);
    return completed() >= accepted_;
  };
  const auto state = [&] {
    return "of " + std::to_string(accepted_) + " orders that were accepted, these are there:\n" +
           databases_.of("order").sql("SELECT 'order', status, reason, count(*) FROM orders GROUP BY 2, 3") +
           databases_.of("notification")
               .sql("SELECT 'notification', status, count(*) FROM notification GROUP BY 2") +
           databases_.of("analytics")
               .sql("SELECT 'analytics', outcome, count(*) FROM order_status GROUP BY 2");
  };
  if (const auto drained = testkit::eventually(is_over, state, 60s); !drained) {
    throw std::runtime_error(drained.message());
  }
  under_way_.clear();
}

std::size_t Load::completed() const {
  return std::min({count_of(databases_.of("order"), "orders WHERE status = 'confirmed'"),
                   count_of(databases_.of("notification"), "notification WHERE status = 'delivered'") / 2,
                   count_of(databases_.of("analytics"), "order_status WHERE outcome = 'confirmed'")});
}

void Load::take_accepted(milliseconds wait) {
  for (auto& order : taker_.accepted(wait)) {
    ++accepted_;
    under_way_.emplace(std::move(order.id), order.due);
  }
}

std::vector<double> Load::look() {
  if (under_way_.empty()) return {};
  ArrayText ids;
  for (const auto& [id, due] : under_way_) ids.add(id);
  const std::array parameters{ids.take()};
  PGresult* rows = orders_.execute("look", parameters);
  const auto now = LoadClock::now();
  std::vector<double> took;
  for (int row = 0; row < PQntuples(rows); ++row) {
    const auto found = under_way_.find(PQgetvalue(rows, row, 0));
    took.push_back(std::chrono::duration<double, std::milli>(now - found->second).count());
    under_way_.erase(found);
  }
  PQclear(rows);
  return took;
}

}  // namespace waybill::bench
