// Rows a second that go from the outbox to the broker: read, published, confirmed, deleted. The floor is the
// time that bare publishing, bare SELECTs and bare DELETEs of the same rows take, one after the other.

#include <array>
#include <optional>
#include <stdexcept>
#include <vector>

#include "bare_amqp.hpp"
#include "bare_sql.hpp"
#include "figures.hpp"
#include "sample_message.hpp"
#include "shop_messages.hpp"
#include "waybill/amqp/confirming_publisher.hpp"
#include "waybill/outbox/message.hpp"
#include "waybill/outbox/relay.hpp"
#include "waybill/postgres/pool.hpp"

namespace waybill::bench {
namespace {

using namespace std::chrono_literals;

constexpr int full_count = 100'000;
constexpr int keys = 20'000;
constexpr int at_a_time = 500;

class Waiting {
 public:
  Waiting(int count, int times) : count_(count * times) {
    admin_.declare_quorum_queue(queue_);
    postgres::Pool pool(database_.options(1));
    std::vector<outbox::Message> messages;
    for (int i = 0; i < count; ++i) {
      auto envelope = sample_command(std::to_string(i));
      envelope.subject = std::to_string(i % keys);
      messages.push_back(
          {outbox::Kind::command, {message::Exchange{""}, message::RoutingKey{queue_}}, std::move(envelope)});
      if (messages.size() < 1'000 && i + 1 < count) continue;
      pool.transact([&](postgres::Tx& tx) { outbox::add(tx, messages); }, base::Deadline::after(60s));
      messages.clear();
    }
    for (int more = 1; more < times; ++more) {
      database_.sql(
          "INSERT INTO waybill.outbox (key, message_id, kind, type, exchange, routing_key, headers, payload) "
          "SELECT key, gen_random_uuid(), kind, type, exchange, routing_key, headers, payload "
          "FROM waybill.outbox ORDER BY id LIMIT " +
          std::to_string(count));
    }
    database_.sql("VACUUM ANALYZE waybill.outbox");
  }
  ~Waiting() { admin_.delete_queue(queue_); }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  const MessagingDatabase& database() const { return database_; }
  const std::string& queue() const { return queue_; }
  int count() const { return count_; }
  int left() const { return std::stoi(database_.sql("SELECT count(*) FROM waybill.outbox")); }

 private:
  MessagingDatabase database_;
  BareAmqp admin_;
  std::string queue_ = unique_queue("relay");
  int count_;
};

// Rows a second, for as long as it takes, but no longer than `most`.
double relay_rate(const Waiting& waiting, std::chrono::seconds most = 200s) {
  amqp::PublisherOptions publishing;
  publishing.connection = amqp::Options::for_urls({need_environment("WAYBILL_RABBITMQ_URL")});
  amqp::ConfirmingPublisher publisher(publishing);
  outbox::RelayOptions options;
  options.database = waiting.database().options(1);
  const double seconds = seconds_of([&] {
    outbox::Relay relay(options, publisher);
    relay.stop(base::Deadline::after(most));
  });
  return (waiting.count() - waiting.left()) / seconds;
}

double floor_rate(const Waiting& waiting) {
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

// A transaction that has seen the table and stays open keeps the dead rows in it.
double beside_a_snapshot(int count) {
  const Waiting waiting(count, 1);
  BareSql reader(waiting.database().url());
  reader.run("BEGIN ISOLATION LEVEL REPEATABLE READ");
  reader.run("SELECT count(*) FROM waybill.outbox");
  const double rate = relay_rate(waiting);
  reader.run("COMMIT");
  return rate;
}

void ours(bool quick) {
  const int count = count_of(quick);
  print_figure("all", "rows/s", relay_rate(Waiting(count, 1)));
  print_figure("of_ten_times_as_many", "rows/s", relay_rate(Waiting(count, 10), quick ? 2s : 20s));
  print_figure("beside_a_snapshot", "rows/s", beside_a_snapshot(count));
}

// The last two figures' floor is our own run with as many rows and nothing in its way.
void floor(bool quick) {
  const int count = count_of(quick);
  print_figure("all", "rows/s", floor_rate(Waiting(count, 1)));
  const double undisturbed = relay_rate(Waiting(count, 1));
  print_figure("of_ten_times_as_many", "rows/s", undisturbed);
  print_figure("beside_a_snapshot", "rows/s", undisturbed);
}

}  // namespace
}  // namespace waybill::bench

int main(int argc, char** argv) {
  return waybill::bench::run(argc, argv, waybill::bench::ours, waybill::bench::floor);
}
