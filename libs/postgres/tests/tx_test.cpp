#include "waybill/postgres/tx.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test_database.hpp"

namespace waybill::postgres::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Sku = base::Strong<std::string, struct SkuTag>;
enum class Status { open, closed };

struct Line {
  Sku sku;
  std::int64_t quantity = 0;
  std::optional<std::string> note;
  static constexpr auto columns = postgres::columns(&Line::sku, &Line::quantity, &Line::note);
  friend bool operator==(const Line&, const Line&) = default;
};

class TxTest : public ::testing::Test {
 protected:
  template <class F>
  auto transact(F function) {
    return pool_.transact(function, soon());
  }
  template <class... C, class... P>
  RowOf<C...> one(Sql sql, const P&... parameters) {
    return transact([&](Tx& tx) { return tx.query_one<C...>(sql, parameters...); });
  }
  std::string fault_text(std::function<void(Tx&)> function) {
    try {
      transact(function);
    } catch (const Fault& fault) {
      EXPECT_EQ(fault.kind(), FaultKind::permanent);
      return fault.what();
    }
    return "(no fault)";
  }

  Database database_;
  Pool pool_{database_.options()};
};

}  // namespace
}  // namespace waybill::postgres::testing

template <>
struct waybill::postgres::EnumTexts<waybill::postgres::testing::Status> {
  using Status = waybill::postgres::testing::Status;
  static constexpr std::array texts{std::pair{Status::open, "open"}, std::pair{Status::closed, "closed"}};
};

namespace waybill::postgres::testing {
namespace {

TEST_F(TxTest, every_type_comes_back_as_it_went) {
  const auto id = *base::Uuid::parse("018f3c5e-1111-7222-8333-444455556666");
  const auto time = base::WallTime{std::chrono::microseconds{1'700'000'000'123'456}};
  EXPECT_EQ(one<bool>("SELECT $1", true), true);
  EXPECT_EQ(one<std::int16_t>("SELECT $1", std::int16_t{-7}), -7);
  EXPECT_EQ(one<std::int32_t>("SELECT $1", -70'000), -70'000);
  EXPECT_EQ(one<std::int64_t>("SELECT $1", std::int64_t{-7'000'000'000}), -7'000'000'000);
  EXPECT_EQ(one<double>("SELECT $1", 0.1), 0.1);
  EXPECT_EQ(one<std::string>("SELECT $1", "it's \\ \"ünï\""), "it's \\ \"ünï\"");
  EXPECT_EQ(one<std::string>("SELECT $1", std::string_view{}), "");
  EXPECT_EQ(one<Bytes>("SELECT $1", Bytes{std::string("\0\xff'\\", 4)}).data, std::string("\0\xff'\\", 4));
  EXPECT_EQ(one<Bytes>("SELECT $1", BytesView{}).data, "");
  EXPECT_EQ(one<base::Uuid>("SELECT $1", id), id);
  EXPECT_EQ(one<base::WallTime>("SELECT $1", time), time);
  EXPECT_EQ(one<Json>("SELECT $1", Json{R"({"a": [1, null]})"}).text, R"({"a": [1, null]})");
  EXPECT_EQ(one<Json>("SELECT '{}'::json").text, "{}");
  EXPECT_EQ(one<Sku>("SELECT $1", Sku{"A-1"}), Sku{"A-1"});
  EXPECT_EQ(one<Status>("SELECT $1", Status::closed), Status::closed);
}

// A binary value that the server reads in another way than it was meant would be stored without an error.
TEST_F(TxTest, the_server_reads_parameters_as_they_were_meant) {
  const auto time = base::WallTime{std::chrono::microseconds{1'700'000'000'123'456}};
  const auto id = *base::Uuid::parse("018f3c5e-1111-7222-8333-444455556666");
  EXPECT_EQ(one<std::string>("SELECT $1::text", time), "2023-11-14 22:13:20.123456+00");
  EXPECT_EQ(one<std::string>("SELECT $1::text", base::WallTime::max()), "infinity");
  EXPECT_EQ(one<std::string>("SELECT $1::text", base::WallTime::min()), "-infinity");
  EXPECT_EQ(one<std::string>("SELECT $1::text", id), "018f3c5e-1111-7222-8333-444455556666");
  EXPECT_EQ(one<std::string>("SELECT $1::text", std::int64_t{-5}), "-5");
  EXPECT_EQ(one<std::string>("SELECT $1::text", 1.5), "1.5");
  EXPECT_EQ(one<std::string>("SELECT $1::text", Bytes{"\x01z"}), "\\x017a");
  EXPECT_EQ(one<std::string>("SELECT $1->>'a'", Json{R"({"a":"b"})"}), "b");
  EXPECT_EQ(one<std::string>("SELECT $1::text", std::vector<std::optional<std::int32_t>>{1, std::nullopt, 3}),
            "{1,NULL,3}");
  EXPECT_EQ(one<std::string>("SELECT $1::text", std::vector<std::string>{}), "{}");
}

TEST_F(TxTest, the_ends_of_time_come_back) {
  EXPECT_EQ(one<base::WallTime>("SELECT $1", base::WallTime::max()), base::WallTime::max());
  EXPECT_EQ(one<base::WallTime>("SELECT $1", base::WallTime::min()), base::WallTime::min());
  EXPECT_EQ(one<base::WallTime>("SELECT 'epoch'::timestamptz"), base::WallTime{});
}

TEST_F(TxTest, null_travels_in_an_optional) {
  EXPECT_EQ(one<std::optional<std::string>>("SELECT $1", std::optional<std::string>{}), std::nullopt);
  EXPECT_EQ(one<std::optional<std::string>>("SELECT $1", std::optional<std::string>{"x"}), "x");
  EXPECT_EQ(one<std::optional<std::int64_t>>("SELECT coalesce($1, 5::bigint)", std::nullopt), 5);
}

TEST_F(TxTest, integers_widen) {
  EXPECT_EQ(one<std::int64_t>("SELECT -5::smallint"), -5);
  EXPECT_EQ(one<std::int64_t>("SELECT -5::integer"), -5);
  EXPECT_EQ(one<std::int32_t>("SELECT -5::smallint"), -5);
  EXPECT_EQ(one<double>("SELECT 1.5::real"), 1.5);
}

TEST_F(TxTest, rows_are_values_tuples_or_structs) {
  const auto values =
      transact([](Tx& tx) { return tx.query<std::int32_t>("SELECT * FROM generate_series(1, 3)"); });
  EXPECT_THAT(values, ElementsAre(1, 2, 3));
  const auto tuples = transact(
      [](Tx& tx) { return tx.query<Sku, std::int32_t>("SELECT 'A'::text, 1 UNION ALL SELECT 'B', 2"); });
  EXPECT_THAT(tuples, ElementsAre(std::tuple{Sku{"A"}, 1}, std::tuple{Sku{"B"}, 2}));
  const auto structs = transact(
      [](Tx& tx) { return tx.query<Line>("SELECT 'A', 1, NULL::text UNION ALL SELECT 'B', 2, 'n'"); });
  EXPECT_THAT(structs, ElementsAre(Line{Sku{"A"}, 1, std::nullopt}, Line{Sku{"B"}, 2, "n"}));
}

TEST_F(TxTest, execute_says_how_many_rows_it_touched) {
  database_.run("CREATE TABLE t (a bigint)");
  transact([](Tx& tx) {
    EXPECT_EQ(tx.execute("INSERT INTO t SELECT unnest($1)", std::vector<std::int64_t>{1, 2, 3}), 3U);
    EXPECT_EQ(tx.execute("DELETE FROM t WHERE a = ANY($1)", std::array<std::int64_t, 3>{2, 3, 4}), 2U);
  });
}

TEST_F(TxTest, one_optional_and_many_rows_are_told_apart) {
  transact([](Tx& tx) {
    EXPECT_EQ(tx.query_optional<std::int32_t>("SELECT 1 WHERE $1", false), std::nullopt);
    EXPECT_EQ(tx.query_optional<std::int32_t>("SELECT 1 WHERE $1", true), 1);
  });
  EXPECT_THAT(
      fault_text([](Tx& tx) { tx.query_one<std::int32_t>("SELECT 1 WHERE false"); }),
      HasSubstr("the statement returned 0 rows where exactly one is expected, in \"SELECT 1 WHERE false\""));
  EXPECT_THAT(fault_text([](Tx& tx) { tx.query_optional<std::int32_t>("SELECT generate_series(1, 2)"); }),
              HasSubstr("returned 2 rows where at most one is expected"));
}

TEST_F(TxTest, a_null_in_a_column_that_takes_none_is_named) {
  EXPECT_THAT(
      fault_text([](Tx& tx) { tx.query<Sku, std::int64_t>("SELECT 'A', NULL::bigint AS price"); }),
      HasSubstr(
          "column 2 \"price\" is NULL but is read as a 64-bit integer: read it as std::optional, or use "
          "coalesce(), in \"SELECT 'A', NULL::bigint AS price\""));
}

TEST_F(TxTest, a_column_of_another_type_is_named) {
  EXPECT_THAT(fault_text([](Tx& tx) {
                tx.query<std::int64_t>("SELECT sum(x) AS total FROM (VALUES (1::bigint)) v(x)");
              }),
              HasSubstr("column 1 \"total\" is of type numeric but is read as a 64-bit integer"));
  EXPECT_THAT(fault_text([](Tx& tx) { tx.query<std::int32_t>("SELECT 1::bigint AS n"); }),
              HasSubstr("column 1 \"n\" is of type bigint but is read as a 32-bit integer"));
  EXPECT_THAT(fault_text([](Tx& tx) { tx.query<std::string>("SELECT '{}'::jsonb AS j"); }),
              HasSubstr("column 1 \"j\" is of type jsonb but is read as a text"));
}

TEST_F(TxTest, another_number_of_columns_is_told) {
  EXPECT_THAT(fault_text([](Tx& tx) { tx.query<std::int32_t>("SELECT 1, 2"); }),
              HasSubstr("the statement returns 2 columns but is read as 1"));
}

TEST_F(TxTest, a_text_that_the_enumeration_does_not_name_is_told_with_its_column) {
  EXPECT_THAT(fault_text([](Tx& tx) { tx.query<std::int32_t, Status>("SELECT 1, 'lost'::text AS status"); }),
              HasSubstr("column 2 \"status\" holds a text that EnumTexts does not name"));
}

// The same text with parameters of other types is another statement; one that was prepared before must not be
// reused.
TEST_F(TxTest, a_statement_may_be_used_with_other_types) {
  transact([](Tx& tx) {
    constexpr Sql show = "SELECT pg_typeof($1)::text";
    EXPECT_EQ(tx.query_one<std::string>(show, 1), "integer");
    EXPECT_EQ(tx.query_one<std::string>(show, "1"), "text");
    EXPECT_EQ(tx.query_one<std::string>(show, 1), "integer");
  });
}

TEST_F(TxTest, statements_are_prepared_once_and_outlive_a_rollback) {
  Options one_connection = database_.options();
  one_connection.connections = 1;
  Pool pool(one_connection);
  constexpr Sql counted = "SELECT 42 AS once";
  for (int i = 0; i < 3; ++i) {
    EXPECT_THROW(pool.transact(
                     [&](Tx& tx) {
                       tx.query<std::int32_t>(counted);
                       throw std::runtime_error("rolled back");
                     },
                     soon()),
                 std::runtime_error);
  }
  const auto prepared = pool.transact(
      [](Tx& tx) {
        return tx.query_one<std::int64_t>(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%AS once'");
      },
      soon());
  EXPECT_EQ(prepared, 1);
}

TEST_F(TxTest, an_error_of_the_server_names_the_statement_and_the_place_and_no_values) {
  database_.run("CREATE TABLE account (email text CONSTRAINT one_account UNIQUE)");
  try {
    transact([](Tx& tx) {
      tx.execute("INSERT INTO account VALUES ($1)", "jane@secret.example");
      tx.execute("INSERT INTO account VALUES ($1)", "jane@secret.example");
    });
    FAIL() << "no fault";
  } catch (const Fault& fault) {
    EXPECT_EQ(fault.kind(), FaultKind::permanent);
    EXPECT_TRUE(fault.is_unique_violation());
    EXPECT_TRUE(fault.violates("one_account"));
    EXPECT_EQ(fault.table(), "account");
    EXPECT_THAT(fault.what(),
                HasSubstr("refused \"INSERT INTO account VALUES ($1)\": duplicate key value violates unique "
                          "constraint \"one_account\" (23505)"));
    EXPECT_THAT(fault.what(), HasSubstr("database \"" + database_.name() + "\""));
    EXPECT_THAT(fault.what(), ::testing::Not(HasSubstr("secret")));
  }
}

TEST_F(TxTest, an_error_about_a_value_does_not_quote_it) {
  const auto text = fault_text([](Tx& tx) { tx.query<base::Uuid>("SELECT $1::uuid", "a-secret"); });
  EXPECT_THAT(text, HasSubstr("invalid input syntax for type uuid (22P02)"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("a-secret")));
}

TEST_F(TxTest, a_text_with_a_zero_byte_is_refused_by_the_server) {
  EXPECT_THAT(fault_text([](Tx& tx) { tx.query<std::string>("SELECT $1", std::string("a\0b", 3)); }),
              HasSubstr("(22021)"));
}

}  // namespace
}  // namespace waybill::postgres::testing
