// Answers a second that sagas take, 32 in a transaction: load and lock, advance, save, the journal's lines,
// the next commands. The floor writes the same rows, and the same columns of them, to the same tables by bare
// libpq in pipeline mode, with texts that ours has written: no JSON is read or made, nothing is decided. What
// may differ from saga to saga of a batch comes as an array in both. `begins` of ours begin one by one in a
// transaction, as requests come, those of the floor by one statement.

#include <stdexcept>
#include <string>
#include <vector>

#include "bare_sql.hpp"
#include "figures.hpp"
#include "trips.hpp"
#include "waybill/base/uuid_v7.hpp"

namespace waybill::bench {
namespace {

constexpr int full_count = 6'400;

int count_of(bool quick) { return quick ? full_count / 20 : full_count; }

void ours(bool quick) {
  const int count = count_of(quick);
  const MessagingDatabase database;
  Trips trips(database);
  const double begins = seconds_of([&] { trips.begin(count); });
  trips.prepare_answers();
  const double answers = seconds_of([&] {
    for (std::size_t step = 0; step < Trips::steps; ++step) trips.take_answers(step);
  });
  print_figure("answers", "answers/s", count * static_cast<double>(Trips::steps) / answers);
  print_figure("begins", "sagas/s", count / begins);
}

/// An array's element, whatever is in it.
class Elements {
 public:
  void add(const std::string& value) {
    text_.append(text_.empty() ? "{\"" : ",\"");
    for (const char c : value) {
      if (c == '"' || c == '\\') text_.append(1, '\\');
      text_.append(1, c);
    }
    text_.append(1, '"');
  }
  std::string take() {
    auto whole = text_ + "}";
    text_.clear();
    return whole;
  }

 private:
  std::string text_;
};

/// What one saga of ours has written at one step.
struct Written {
  std::string status, state, input, outcome, step, sent;
  std::string type, exchange, routing_key, headers, payload, kind;
};

Written written(const MessagingDatabase& database, int revision) {
  // Fields that hold neither a tab nor a line's end.
  const auto read = [&](const std::string& what, const std::string& from) {
    auto text = database.sql("SELECT " + what + " FROM " + from);
    text.pop_back();
    return text;
  };
  const std::string line = "waybill.saga_journal WHERE revision = " + std::to_string(revision);
  const std::string message = "waybill.outbox ORDER BY id DESC LIMIT 1";
  return {read("status", line),
          read("state", "waybill.saga"),
          read("input", line),
          read("outcome", line),
          read("step", line),
          read("sent", line),
          read("type", message),
          read("exchange", message),
          read("routing_key", message),
          read("headers", message),
          read("'\\x' || encode(payload, 'hex')", message),
          read("kind", message)};
}

/// Ours, once for each step, to see what is written.
std::vector<Written> all_written() {
  const MessagingDatabase database;
  Trips trips(database);
  trips.begin(1);
  trips.prepare_answers();
  std::vector<Written> all{written(database, 1)};
  for (std::size_t step = 0; step < Trips::steps; ++step) {
    trips.take_answers(step);
    all.push_back(written(database, static_cast<int>(step) + 2));
  }
  return all;
}

class BareStore {
 public:
  explicit BareStore(const std::string& url) : sql_(url) {
    sql_.prepare("begin", "BEGIN");
    sql_.prepare("commit", "COMMIT");
    sql_.prepare("load",
                 "SELECT id, type, version, key, status, state::text, deadline_at, look_at, revision, "
                 "needs_operator, clock_timestamp() FROM waybill.saga WHERE id = ANY($1::uuid[]) "
                 "ORDER BY id FOR UPDATE");
    sql_.prepare("insert",
                 "INSERT INTO waybill.saga (id, type, version, key, status, state, deadline_at, look_at, "
                 "revision, begun_at, changed_at) SELECT id, 'book-trip', 1, key, status, state, "
                 "clock_timestamp() + interval '30 s', clock_timestamp() + interval '10 s', 1, "
                 "clock_timestamp(), clock_timestamp() FROM unnest($1::uuid[], $2::text[], $3::text[], "
                 "$4::jsonb[]) AS given (id, key, status, state)");
    sql_.prepare("save",
                 "UPDATE waybill.saga SET status = given.status, state = given.state, "
                 "revision = given.revision, changed_at = clock_timestamp(), "
                 "deadline_at = CASE WHEN given.status = 'running' "
                 "THEN clock_timestamp() + interval '60 s' END, "
                 "look_at = CASE WHEN given.status = 'running' THEN look_at "
                 "ELSE clock_timestamp() + interval '30 days' END "
                 "FROM unnest($1::uuid[], $2::jsonb[], $3::text[], $4::bigint[]) "
                 "AS given (id, state, status, revision) WHERE saga.id = given.id");
    sql_.prepare(
        "journal",
        "INSERT INTO waybill.saga_journal (saga_id, revision, at, type, version, input, outcome, "
        "status, step, sent) SELECT id, revision, clock_timestamp(), 'book-trip', 1, input, outcome, "
        "status, step, sent FROM unnest($1::uuid[], $2::json[], $3::text[], $4::text[], "
        "$5::bigint[], $6::text[], $7::json[]) "
        "AS given (id, input, outcome, status, revision, step, sent)");
    sql_.prepare("outbox",
                 "INSERT INTO waybill.outbox (key, message_id, kind, type, exchange, routing_key, headers, "
                 "payload) SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], "
                 "$6::text[], $7::jsonb[], $8::bytea[])");
  }

  void begin(const std::vector<std::string>& ids, const Written& written) {
    sql_.enter_pipeline();
    sql_.send("begin", {});
    const auto keys = times(ids, [](const std::string& id) { return "trip-" + id.substr(24); });
    sql_.send("insert", std::vector{times(ids), keys, times(ids, written.status), times(ids, written.state)});
    finish(ids, keys, written, 1);
  }

  void take(const std::vector<std::string>& ids, const Written& written, int revision) {
    sql_.run("BEGIN");
    const std::vector<std::string> parameters{times(ids)};
    PGresult* loaded = sql_.execute("load", parameters);
    const int rows = PQntuples(loaded);
    PQclear(loaded);
    if (rows != static_cast<int>(ids.size())) throw std::runtime_error("a saga is not there");
    sql_.enter_pipeline();
    sql_.send("save", std::vector{parameters.front(), times(ids, written.state), times(ids, written.status),
                                  times(ids, std::to_string(revision))});
    finish(ids, times(ids, [](const std::string& id) { return "trip-" + id.substr(24); }), written, revision);
  }

 private:
  void finish(const std::vector<std::string>& ids, const std::string& keys, const Written& written,
              int revision) {
    sql_.send("journal", std::vector{times(ids), times(ids, written.input), times(ids, written.outcome),
                                     times(ids, written.status), times(ids, std::to_string(revision)),
                                     times(ids, written.step), times(ids, written.sent)});
    const auto message_ids = times(ids, [](const std::string&) { return base::new_uuid_v7().to_string(); });
    sql_.send("outbox", std::vector{keys, message_ids, times(ids, written.kind), times(ids, written.type),
                                    times(ids, written.exchange), times(ids, written.routing_key),
                                    times(ids, written.headers), times(ids, written.payload)});
    sql_.send("commit", {});
    sql_.leave_pipeline();
  }

  template <class F>
  std::string times(const std::vector<std::string>& ids, F each)
    requires std::is_invocable_v<F, const std::string&>
  {
    for (const auto& id : ids) elements_.add(each(id));
    return elements_.take();
  }
  std::string times(const std::vector<std::string>& ids, const std::string& text) {
    for (std::size_t i = 0; i < ids.size(); ++i) elements_.add(text);
    return elements_.take();
  }
  std::string times(const std::vector<std::string>& ids) {
    return times(ids, [](const std::string& id) { return id; });
  }

  BareSql sql_;
  Elements elements_;
};

void floor(bool quick) {
  const int count = count_of(quick);
  const auto all = all_written();
  const MessagingDatabase database;
  const Trips tables(database);
  BareStore store(database.url());
  std::vector<std::vector<std::string>> batches;
  for (int i = 0; i < count; ++i) {
    if (batches.empty() || batches.back().size() == Trips::batch) batches.emplace_back();
    batches.back().push_back(base::new_uuid_v7().to_string());
  }
  const double begins = seconds_of([&] {
    for (const auto& ids : batches) store.begin(ids, all[0]);
  });
  const double answers = seconds_of([&] {
    for (std::size_t step = 1; step <= Trips::steps; ++step) {
      for (const auto& ids : batches) store.take(ids, all[step], static_cast<int>(step) + 1);
    }
  });
  print_figure("answers", "answers/s", count * static_cast<double>(Trips::steps) / answers);
  print_figure("begins", "sagas/s", count / begins);
}

}  // namespace
}  // namespace waybill::bench

int main(int argc, char** argv) {
  return waybill::bench::run(argc, argv, waybill::bench::ours, waybill::bench::floor);
}
