// What inbox and relay do in a second, beside ten million rows of what was handled and sent before. The floor
// is the same without them.

#include <string>

#include "figures.hpp"
#include "messaging_rates.hpp"

namespace waybill::bench {
namespace {

constexpr int full_rows = 10'000'000;
constexpr int full_count = 50'000;

// Ids of the last six days, as many of each millisecond as it takes.
void write_history(const MessagingDatabase& database, int rows) {
  const auto count = std::to_string(rows);
  database.sql(
      "INSERT INTO waybill.inbox (message_id, consumer, payload_hash) "
      "SELECT (lpad(to_hex(((extract(epoch FROM clock_timestamp()) - 86400 * (1 + 5.0 * n / " +
      count +
      ")) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0') || '8' || "
      "lpad(to_hex(n), 15, '0'))::uuid, 'stock', n FROM generate_series(1, " +
      count + ") AS n");
  database.sql(
      "INSERT INTO waybill.outbox_sent (id, key, message_id, kind, type, exchange, routing_key, headers, "
      "payload, "
      "created_at, sent_at) SELECT n, '', gen_random_uuid(), 'event', 'shop.v1.Sold', 'events.fanout', '', "
      "'{}', "
      "'\\x00', clock_timestamp(), clock_timestamp() FROM generate_series(1, " +
      count + ") AS n");
  database.sql("VACUUM ANALYZE waybill.inbox");
  database.sql("VACUUM ANALYZE waybill.outbox_sent");
}

void measure(bool quick, int rows) {
  const int count = quick ? full_count / 50 : full_count;
  const MessagingDatabase database;
  if (rows > 0) write_history(database, rows);
  print_figure("inbox", "msg/s", one_row_rate(database, count));
  database.sql("TRUNCATE waybill.outbox");
  print_figure("relay", "rows/s", relay_rate(WaitingRows(database, count)));
}

void ours(bool quick) { measure(quick, quick ? full_rows / 100 : full_rows); }
void floor(bool quick) { measure(quick, 0); }

}  // namespace
}  // namespace waybill::bench

int main(int argc, char** argv) {
  return waybill::bench::run(argc, argv, waybill::bench::ours, waybill::bench::floor);
}
