#include "bare_relay.hpp"

#include <array>
#include <iterator>
#include <utility>

namespace waybill::bench {

BareRelay::BareRelay(const std::string& database_url, const std::string& broker_url)
    : sql_(database_url), publisher_(broker_url) {
  publisher_.confirm_mode();
  sql_.run("SET synchronous_commit = off");
  sql_.prepare("sent",
               "WITH gone AS (DELETE FROM waybill.outbox WHERE id = ANY($1::bigint[]) RETURNING *) "
               "INSERT INTO waybill.outbox_sent (id, key, message_id, kind, type, exchange, routing_key, "
               "headers, payload, created_at, sent_at) "
               "SELECT id, key, message_id, kind, type, exchange, routing_key, headers, payload, created_at, "
               "clock_timestamp() FROM gone WHERE kind = 'event'");
  thread_ = runtime::Thread("relay", [this] { run(); });
}

BareRelay::~BareRelay() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  came_.notify_all();
  thread_.join();
}

void BareRelay::publish(std::vector<BareRow> rows) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.insert(waiting_.end(), std::move_iterator(rows.begin()), std::move_iterator(rows.end()));
  }
  came_.notify_one();
}

void BareRelay::run() {
  for (;;) {
    std::vector<BareRow> rows;
    {
      std::unique_lock lock(mutex_);
      came_.wait(lock, [this] { return is_over_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      rows.swap(waiting_);
    }
    ArrayText ids;
    std::vector<BareMessage> messages;
    messages.reserve(rows.size());
    for (auto& row : rows) {
      ids.add(std::to_string(row.id));
      messages.push_back(std::move(row.message));
    }
    publisher_.publish_confirmed(messages);
    const std::array parameters{ids.take()};
    PQclear(sql_.execute("sent", parameters));
  }
}

}  // namespace waybill::bench
