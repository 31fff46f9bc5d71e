// Rows a second that go from the outbox to the broker: read, published, confirmed, deleted. The floor is the
// time that bare publishing, bare SELECTs and bare DELETEs of the same rows take, one after the other.

#include <array>
#include <string>
#include <vector>

#include "bare_amqp.hpp"
#include "bare_sql.hpp"
#include "figures.hpp"
#include "messaging_rates.hpp"

namespace waybill::bench {
namespace {

using namespace std::chrono_literals;

constexpr int full_count = 100'000;
constexpr int at_a_time = 500;

double floor_rate(const WaitingRows& waiting) {
  BareAmqp amqp;
  amqp.confirm_mode();
  BareSql sql(waiting.database().url());
  sql.prepare("read",
              "SELECT id, key, message_id, type, exchange, routing_key, headers, payload FROM waybill.outbox "
              "WHERE id > $1::bigint ORDER BY id LIMIT 500");
  sql.prepare("remove", "DELETE FROM waybill.outbox WHERE id = ANY ($1::bigint[])");
  std::vector<std::string> ids;
  double seconds = seconds_of([&] {
    for (std::string last = "0";;) {
      const std::array after{last};
      PGresult* rows = sql.execute("read", after);
      for (int row = 0; row < PQntuples(rows); ++row) ids.emplace_back(PQgetvalue(rows, row, 0));
      const int count = PQntuples(rows);
      PQclear(rows);
      if (count == 0) break;
      last = ids.back();
    }
  });
  seconds += seconds_of([&] { amqp.publish_confirmed(waiting.queue(), waiting.count(), 1'000); });
  seconds += seconds_of([&] {
    ArrayText some;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      some.add(ids[i]);
      if ((i + 1) % at_a_time != 0 && i + 1 < ids.size()) continue;
      const std::array gone{some.take()};
      PQclear(sql.execute("remove", gone));
    }
  });
  return waiting.count() / seconds;
}

int count_of(bool quick) { return quick ? full_count / 50 : full_count; }

double our_rate(int count, int times = 1, std::chrono::seconds most = 200s) {
  const MessagingDatabase database;
  return relay_rate(WaitingRows(database, count, times), most);
}

// A transaction that has seen the table and stays open keeps the dead rows in it.
double beside_a_snapshot(int count) {
  const MessagingDatabase database;
  const WaitingRows waiting(database, count);
  BareSql reader(database.url());
  reader.run("BEGIN ISOLATION LEVEL REPEATABLE READ");
  reader.run("SELECT count(*) FROM waybill.outbox");
  const double rate = relay_rate(waiting);
  reader.run("COMMIT");
  return rate;
}

void ours(bool quick) {
  const int count = count_of(quick);
  print_figure("all", "rows/s", our_rate(count));
  print_figure("of_ten_times_as_many", "rows/s", our_rate(count, 10, quick ? 2s : 20s));
  print_figure("beside_a_snapshot", "rows/s", beside_a_snapshot(count));
}

// The last two figures' floor is our own run with as many rows and nothing in its way.
void floor(bool quick) {
  const int count = count_of(quick);
  const MessagingDatabase database;
  print_figure("all", "rows/s", floor_rate(WaitingRows(database, count)));
  const double undisturbed = our_rate(count);
  print_figure("of_ten_times_as_many", "rows/s", undisturbed);
  print_figure("beside_a_snapshot", "rows/s", undisturbed);
}

}  // namespace
}  // namespace waybill::bench

int main(int argc, char** argv) {
  return waybill::bench::run(argc, argv, waybill::bench::ours, waybill::bench::floor);
}
