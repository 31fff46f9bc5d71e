// What it costs an order to find the deadlines that have come, among a hundred thousand sagas that wait.
//
// `finding`: looks, as often as a service does, while orders go through; ours is the time of all looks, the
// floor that of the store, both for one order. `index`: the store's time for one order, with the index by
// which they are found, and (the floor) without it.

#include <chrono>
#include <string>

#include "figures.hpp"
#include "trips.hpp"

namespace waybill::bench {
namespace {

using namespace std::chrono_literals;

constexpr int live = 100'000;
constexpr int full_count = 6'400;
constexpr auto look_every = 200ms;

struct Times {
  double store_us = 0;  ///< of one order
  double looks_us = 0;  ///< of all looks, for one order
};

/// Sagas that wait, due within the next hour.
void fill(const MessagingDatabase& database, int count) {
  database.sql(
      "INSERT INTO waybill.saga (id, type, version, key, status, state, deadline_at, look_at, revision, "
      "begun_at, changed_at) "
      "SELECT gen_random_uuid(), type, version, 'live-' || n, status, state, "
      "       clock_timestamp() + n * interval '1 hour' / " +
      std::to_string(count) + ", clock_timestamp() + n * interval '1 hour' / " + std::to_string(count) +
      ", 1, clock_timestamp(), clock_timestamp() "
      "FROM (SELECT * FROM waybill.saga LIMIT 1) AS model, generate_series(1, " +
      std::to_string(count) + ") AS n");
  database.sql("VACUUM ANALYZE waybill.saga");
}

Times measure(bool quick, bool has_index) {
  const int count = quick ? full_count / 20 : full_count;
  const MessagingDatabase database;
  Trips trips(database);
  trips.begin(1);
  fill(database, quick ? live / 20 : live);
  if (!has_index) database.sql("DROP INDEX waybill.saga_to_look_at");
  std::chrono::duration<double, std::micro> looks{0};
  auto look_at = std::chrono::steady_clock::now();
  const auto look = [&] {
    if (!has_index) return;
    while (std::chrono::steady_clock::now() >= look_at) {
      const auto began = std::chrono::steady_clock::now();
      trips.engine().look(trips.pool(), 64, base::Deadline::after(10s));
      looks += std::chrono::steady_clock::now() - began;
      look_at += look_every;
    }
  };
  const double seconds = seconds_of([&] {
    constexpr int wave = 320;
    for (int done = 0; done < count; done += wave) {
      const auto from = trips.ids().size();
      trips.begin(wave);
      trips.prepare_answers();
      look();
      for (std::size_t step = 0; step < Trips::steps; ++step) {
        trips.take_answers(step, from, wave);
        look();
      }
    }
  });
  return {(seconds * 1e6 - looks.count()) / count, looks.count() / count};
}

void ours(bool quick) {
  const auto times = measure(quick, true);
  print_figure("finding", "us/order", times.looks_us);
  print_figure("index", "us/order", times.store_us);
}

void floor(bool quick) {
  const auto with = measure(quick, true);
  print_figure("finding", "us/order", with.store_us);
  print_figure("index", "us/order", measure(quick, false).store_us);
}

}  // namespace
}  // namespace waybill::bench

int main(int argc, char** argv) {
  return waybill::bench::run(argc, argv, waybill::bench::ours, waybill::bench::floor);
}
