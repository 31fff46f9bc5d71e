// Processor time of this process for one transaction: BEGIN, one INSERT of one row or of 32 through unnest,
// COMMIT.

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "bare_postgres.hpp"
#include "figures.hpp"
#include "waybill/postgres/pool.hpp"

namespace waybill::bench {
namespace {

constexpr int one_row_count = 4'000;
constexpr int many_rows_count = 2'000;
const std::string key = "0192d3f4-5b6c-7d8e-9fa0-b1c2d3e4f506";
const std::string payload(400, 'x');

void measure(const char* metric, int count, bool quick, const std::function<void()>& transact) {
  if (quick) count /= 20;
  for (int i = 0; i < count / 10; ++i) transact();
  const auto began = cpu_used();
  for (int i = 0; i < count; ++i) transact();
  print_figure(metric, "us/tx", (cpu_used() - began).count() * 1e6 / count);
}

// The table's name is part of a literal, so it is the same each time.
class Table {
 public:
  Table() { bare_.create_table("bench_transact"); }
  ~Table() { bare_.drop_table("bench_transact"); }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;
  BarePostgres& bare() { return bare_; }

 private:
  BarePostgres bare_;
};

void floor(bool quick) {
  Table table;
  table.bare().prepare("bench_transact");
  const std::vector<std::string> keys(32, key);
  const std::vector<std::string> payloads(32, payload);
  measure("one_row", one_row_count, quick, [&] { table.bare().insert_one(key, payload); });
  measure("32_rows_unnest", many_rows_count, quick, [&] { table.bare().insert_many(keys, payloads); });
}

void ours(bool quick) {
  const Table table;
  postgres::Options options;
  options.url = need_environment("WAYBILL_POSTGRES_URL");
  options.connections = 1;
  postgres::Pool pool(options);
  const std::vector<std::string> keys(32, key);
  const std::vector<postgres::BytesView> payloads(32, postgres::BytesView{payload});
  measure("one_row", one_row_count, quick, [&] {
    pool.transact(
        [&](postgres::Tx& tx) {
          tx.execute("INSERT INTO bench_transact (key, payload) VALUES ($1::text, $2::bytea)", key,
                     postgres::BytesView{payload});
        },
        base::Deadline::after(std::chrono::seconds{10}));
  });
  measure("32_rows_unnest", many_rows_count, quick, [&] {
    pool.transact(
        [&](postgres::Tx& tx) {
          tx.execute(
              "INSERT INTO bench_transact (key, payload) SELECT * FROM unnest($1::text[], $2::bytea[])", keys,
              payloads);
        },
        base::Deadline::after(std::chrono::seconds{10}));
  });
}

}  // namespace
}  // namespace waybill::bench

int main(int argc, char** argv) {
  return waybill::bench::run(argc, argv, waybill::bench::ours, waybill::bench::floor);
}
