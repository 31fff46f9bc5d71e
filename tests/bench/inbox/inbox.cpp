// Commands a second that are taken from a queue, each handled once: a note that it was handled, a row of its
// own, an answer in the outbox. The floor is the loop that somebody would write by hand for this very
// purpose: rabbitmq-c, and libpq with up to 64 messages a transaction, in pipeline mode where ours pipelines.

#include <array>
#include <stdexcept>
#include <vector>

#include "bare_amqp.hpp"
#include "bare_sql.hpp"
#include "figures.hpp"
#include "messaging_rates.hpp"
#include "shop/inventory/v1/inventory.contract.hpp"
#include "shop/inventory/v1/inventory.pb.h"
#include "waybill/base/uuid_v7.hpp"
#include "waybill/inbox/consumer.hpp"

namespace waybill::bench {
namespace {

using shop::inventory::v1::ReleaseStock;
using shop::inventory::v1::StockReleased;

constexpr std::uint16_t prefetch = 256;
constexpr int full_count = 100'000;
constexpr int batch = 64;

/// How the messages' rows are written: each waited for, each pipelined, in one statement for all.
enum class Kind { awaited, pipelined, set_based };

// What the floor's transactions write, and how.
class BareInbox {
 public:
  explicit BareInbox(const std::string& url, Kind kind) : sql_(url), kind_(kind) {
    sql_.prepare("commit", "COMMIT");
    sql_.prepare("inbox",
                 "INSERT INTO waybill.inbox (message_id, consumer, payload_hash) "
                 "SELECT id, 'stock', 0 FROM unnest($1::uuid[]) AS id ORDER BY id "
                 "ON CONFLICT DO NOTHING RETURNING message_id");
    sql_.prepare("effect", "INSERT INTO effect (text) VALUES ($1)");
    sql_.prepare("effects", "INSERT INTO effect (text) SELECT unnest($1::text[])");
    sql_.prepare("outbox",
                 "INSERT INTO waybill.outbox (key, message_id, kind, type, exchange, routing_key, headers, "
                 "payload) SELECT '', id, 'reply', 'shop.inventory.v1.StockReleased', 'replies', 'order', "
                 "jsonb_build_object(':correlation_id', correlation), payload::bytea "
                 "FROM unnest($1::uuid[], $2::text[], $3::text[]) AS given (id, correlation, payload)");
  }

  void add(const amqp_envelope_t& delivery) {
    const auto& properties = delivery.message.properties;
    ids_.add({static_cast<const char*>(properties.message_id.bytes), properties.message_id.len});
    ReleaseStock command;
    if (!command.ParseFromArray(delivery.message.body.bytes, static_cast<int>(delivery.message.body.len))) {
      throw std::runtime_error("a command that cannot be read");
    }
    texts_.push_back(command.order_id());
    StockReleased answer;
    answer.set_order_id(command.order_id());
    answers_.push_back(answer.SerializeAsString());
  }

  void commit() {
    sql_.run("BEGIN");
    const std::array ids{ids_.take()};
    PGresult* fresh = sql_.execute("inbox", ids);
    const int count = PQntuples(fresh);
    PQclear(fresh);
    if (count != static_cast<int>(texts_.size())) throw std::runtime_error("a copy among fresh messages");
    write_effects();
    write_answers();
    texts_.clear();
    answers_.clear();
  }
  int size() const { return static_cast<int>(texts_.size()); }

 private:
  void write_effects() {
    if (kind_ == Kind::pipelined) sql_.enter_pipeline();
    if (kind_ == Kind::set_based) {
      ArrayText all;
      for (const auto& text : texts_) all.add(text);
      const std::array parameters{all.take()};
      PQclear(sql_.execute("effects", parameters));
      return;
    }
    for (const auto& text : texts_) {
      const std::array parameters{text};
      if (kind_ == Kind::pipelined) {
        sql_.send("effect", parameters);
      } else {
        PQclear(sql_.execute("effect", parameters));
      }
    }
  }

  void write_answers() {
    ArrayText answer_ids;
    ArrayText correlations;
    ArrayText payloads;
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      answer_ids.add(base::new_uuid_v7().to_string());
      correlations.add(texts_[i]);
      payloads.add(hex(answers_[i]));
    }
    const std::array parameters{answer_ids.take(), correlations.take(), payloads.take()};
    if (kind_ != Kind::pipelined) {
      PQclear(sql_.execute("outbox", parameters));
      sql_.run("COMMIT");
      return;
    }
    sql_.send("outbox", parameters);
    sql_.send("commit", {});
    sql_.leave_pipeline();
  }

  static std::string hex(const std::string& bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "\\\\x";
    for (const char c : bytes) {
      const auto byte = static_cast<std::uint8_t>(c);
      text.append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
    }
    return text;
  }

  BareSql sql_;
  Kind kind_;
  ArrayText ids_;
  std::vector<std::string> texts_;
  std::vector<std::string> answers_;
};

double floor_rate(int count, Kind kind) {
  const MessagingDatabase database;
  const FilledQueue queue(count);
  BareInbox inbox(database.url(), kind);
  const double seconds = seconds_of([&] {
    BareAmqp bare;
    bare.consume(queue.name(), prefetch);
    for (int taken = 0; taken < count;) {
      std::uint64_t last = 0;
      // What has arrived, one to 64.
      while (inbox.size() < batch) {
        amqp_envelope_t delivery{};
        amqp_maybe_release_buffers(bare.get());
        timeval none{};
        const auto reply =
            amqp_consume_message(bare.get(), &delivery, inbox.size() == 0 ? nullptr : &none, 0);
        if (reply.reply_type != AMQP_RESPONSE_NORMAL) break;
        inbox.add(delivery);
        last = delivery.delivery_tag;
        amqp_destroy_envelope(&delivery);
      }
      taken += inbox.size();
      inbox.commit();
      amqp_basic_ack(bare.get(), 1, last, 1);
    }
  });
  return count / seconds;
}

bool throws(const ReleaseStock& command) {
  return command.order_id().ends_with("49") || command.order_id().ends_with("99");
}

inbox::Handlers handlers_of(Kind kind, bool two_percent_throw, Countdown& countdown) {
  inbox::Handlers handlers;
  const auto answer = [](const ReleaseStock& command, inbox::Scope& scope) {
    StockReleased released;
    released.set_order_id(command.order_id());
    scope.reply(released);
  };
  if (kind == Kind::set_based) {
    handlers.on_batch<ReleaseStock>(
        [=, &countdown](std::span<const inbox::Item<ReleaseStock>> items, postgres::Tx& tx) {
          std::vector<std::string> texts;
          for (const auto& item : items) {
            texts.push_back(item.message.order_id());
            answer(item.message, item.scope);
          }
          tx.execute("INSERT INTO effect (text) SELECT unnest($1::text[])", texts);
          tx.on_commit([&countdown, count = items.size()] { countdown.done(static_cast<int>(count)); });
        });
    return handlers;
  }
  handlers.on<ReleaseStock>([=, &countdown](const ReleaseStock& command, inbox::Scope& scope) {
    constexpr postgres::Sql insert = "INSERT INTO effect (text) VALUES ($1)";
    if (kind == Kind::awaited) {
      scope.tx().execute(insert, command.order_id());
    } else {
      scope.tx().pipeline(insert, command.order_id());
    }
    if (two_percent_throw && throws(command)) throw std::runtime_error("as it is to be");
    answer(command, scope);
    scope.tx().on_commit([&countdown] { countdown.done(1); });
  });
  return handlers;
}

// Four consumers whose handlers add to so many rows.
double shared_rows_rate(int count, int rows) {
  const MessagingDatabase database;
  database.sql("CREATE TABLE hot AS SELECT n AS name, 0 AS total FROM generate_series(0, " +
               std::to_string(rows - 1) + ") AS n; ALTER TABLE hot ADD PRIMARY KEY (name)");
  const FilledQueue queue(count);
  postgres::Pool pool(database.options(5));
  const outbox::Sender sender{.service = "inventory"};
  Countdown countdown(count);
  inbox::Handlers handlers;
  handlers.on<ReleaseStock>(
      [&](const ReleaseStock& command, inbox::Scope& scope) {
        scope.tx().execute("UPDATE hot SET total = total + 1 WHERE name = $1",
                           std::stoi(command.order_id()) % rows);
        scope.tx().on_commit([&countdown] { countdown.done(1); });
      },
      [&](const ReleaseStock& command) { return std::to_string(std::stoi(command.order_id()) % rows); });
  inbox::ConsumerOptions options;
  options.consumer = "stock";
  options.queue = message::Queue{queue.name()};
  options.batch = batch;
  const double seconds = seconds_of([&] {
    std::vector<std::unique_ptr<inbox::Consumer>> consumers;
    for (int i = 0; i < 4; ++i) {
      consumers.push_back(std::make_unique<inbox::Consumer>(options, pool, sender, handlers,
                                                            [&] { return subscribe_to(queue.name()); }));
    }
    countdown.wait();
  });
  return count / seconds;
}

double our_rate(int count, Kind kind, bool two_percent_throw = false) {
  const MessagingDatabase database;
  const FilledQueue queue(count);
  postgres::Pool pool(database.options(2));
  const outbox::Sender sender{.service = "inventory",
                              .codec = contract::Codec({.encoding = contract::Encoding::protobuf})};
  const int good = two_percent_throw ? count - count / 50 : count;
  Countdown countdown(good);
  inbox::ConsumerOptions options;
  options.consumer = "stock";
  options.queue = message::Queue{queue.name()};
  options.batch = batch;
  options.retries.initial = std::chrono::hours{1};
  options.retries.maximum = std::chrono::hours{1};
  const double seconds = seconds_of([&] {
    inbox::Consumer consumer(options, pool, sender, handlers_of(kind, two_percent_throw, countdown),
                             [&] { return subscribe_to(queue.name()); });
    countdown.wait();
  });
  return count / seconds;
}

int count_of(bool quick) { return quick ? full_count / 50 : full_count; }

void ours(bool quick) {
  const int count = count_of(quick);
  print_figure("one_row", "msg/s", our_rate(count, Kind::awaited));
  print_figure("pipelined_row", "msg/s", our_rate(count, Kind::pipelined));
  print_figure("set_based", "msg/s", our_rate(count, Kind::set_based));
  print_figure("two_percent_throw", "msg/s", our_rate(count, Kind::awaited, true));
  print_figure("two_percent_of_pipelined_throw", "msg/s", our_rate(count, Kind::pipelined, true));
  print_figure("ten_shared_rows", "msg/s", shared_rows_rate(count, 10));
}

// The last three figures' floors are our own runs: nothing throws, and every message has a row of its own.
void floor(bool quick) {
  const int count = count_of(quick);
  print_figure("one_row", "msg/s", floor_rate(count, Kind::awaited));
  print_figure("pipelined_row", "msg/s", floor_rate(count, Kind::pipelined));
  print_figure("set_based", "msg/s", floor_rate(count, Kind::set_based));
  print_figure("two_percent_throw", "msg/s", our_rate(count, Kind::awaited));
  print_figure("two_percent_of_pipelined_throw", "msg/s", our_rate(count, Kind::pipelined));
  print_figure("ten_shared_rows", "msg/s", shared_rows_rate(count, count));
}

}  // namespace
}  // namespace waybill::bench

int main(int argc, char** argv) {
  return waybill::bench::run(argc, argv, waybill::bench::ours, waybill::bench::floor);
}
