#include <gtest/gtest.h>

#include <random>

#include "test_database.hpp"

namespace waybill::postgres::testing {
namespace {

constexpr int rounds = 300;

using Random = std::mt19937_64;

template <class T>
T draw(Random& random);

template <>
std::string draw(Random& random) {
  static constexpr std::string_view pieces[] = {"'",    "\"",   "\\",   "{",  "}",  ",",  " ",
                                                "NULL", "null", "a",    "ü",  "€",  "😀", "\n",
                                                "\t",   "\r",   "\x01", "$1", "--", "/*", ";"};
  std::string text;
  for (auto length = random() % 8; length > 0; --length) text += pieces[random() % std::size(pieces)];
  return text;
}
template <>
Bytes draw(Random& random) {
  Bytes bytes;
  for (auto length = random() % 20; length > 0; --length)
    bytes.data += static_cast<char>(random() % 4 == 0 ? 0 : random());
  return bytes;
}
template <>
std::int64_t draw(Random& random) {
  return static_cast<std::int64_t>(random() >> (random() % 64)) * (random() % 2 == 0 ? 1 : -1);
}
template <>
std::int32_t draw(Random& random) {
  return static_cast<std::int32_t>(random());
}
template <>
std::int16_t draw(Random& random) {
  return static_cast<std::int16_t>(random());
}
template <>
double draw(Random& random) {
  return std::ldexp(static_cast<double>(static_cast<std::int64_t>(random())),
                    static_cast<int>(random() % 200) - 100);
}
template <>
bool draw(Random& random) {
  return random() % 2 == 0;
}
template <>
base::Uuid draw(Random& random) {
  base::Uuid::Bytes bytes;
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return base::Uuid{bytes};
}
template <>
base::WallTime draw(Random& random) {
  // From 1900 to 2100.
  return base::WallTime{std::chrono::microseconds{
      static_cast<std::int64_t>(random() % 6'300'000'000'000'000ULL) - 2'200'000'000'000'000}};
}

/// What goes into an array comes out of unnest(), in order: with NULLs, empty, one or many.
template <class T>
void round_trip(Pool& pool, std::uint64_t seed) {
  Random random(seed);
  pool.transact(
      [&](Tx& tx) {
        for (int round = 0; round < rounds; ++round) {
          std::vector<std::optional<T>> sent(random() % 7);
          for (auto& each : sent) {
            if (random() % 4 != 0) each = draw<T>(random);
          }
          const auto received = tx.query<std::optional<T>>("SELECT * FROM unnest($1)", sent);
          ASSERT_EQ(received, sent) << "seed " << seed << ", round " << round;
        }
      },
      soon());
}

class Arrays : public ::testing::Test {
 protected:
  Database database_;
  Pool pool_{database_.options()};
};

TEST_F(Arrays, of_every_type_come_back_as_they_went) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    round_trip<std::string>(pool_, seed);
    round_trip<Bytes>(pool_, seed);
    round_trip<std::int64_t>(pool_, seed);
    round_trip<std::int32_t>(pool_, seed);
    round_trip<std::int16_t>(pool_, seed);
    round_trip<double>(pool_, seed);
    round_trip<bool>(pool_, seed);
    round_trip<base::Uuid>(pool_, seed);
    round_trip<base::WallTime>(pool_, seed);
  }
}

TEST_F(Arrays, several_make_the_rows_of_one_statement) {
  database_.run("CREATE TABLE m (id uuid, n bigint, key text, body bytea, doc jsonb, at timestamptz)");
  const std::vector<base::Uuid> ids(3, *base::Uuid::parse("018f3c5e-1111-7222-8333-444455556666"));
  const std::vector<std::int64_t> numbers{1, 2, 3};
  const std::vector<std::optional<std::string_view>> keys{"it's", std::nullopt, "\\"};
  const std::vector<BytesView> bodies{BytesView{std::string_view("\0x", 2)}, BytesView{""}, BytesView{"b"}};
  const std::vector<Json> docs{{"{\"a\":1}"}, {"null"}, {"[]"}};
  const std::vector<base::WallTime> times(3);
  pool_.transact(
      [&](Tx& tx) {
        EXPECT_EQ(tx.execute("INSERT INTO m SELECT * FROM unnest($1, $2, $3, $4, $5, $6)", ids, numbers, keys,
                             bodies, docs, times),
                  3U);
        const auto rows = tx.query<std::int64_t, std::optional<std::string>, Bytes, Json>(
            "SELECT n, key, body, doc FROM m ORDER BY n");
        EXPECT_EQ(rows[0], (std::tuple{1, "it's", Bytes{std::string("\0x", 2)}, Json{"{\"a\": 1}"}}));
        EXPECT_EQ(std::get<1>(rows[1]), std::nullopt);
        EXPECT_EQ(std::get<2>(rows[1]).data, "");
        EXPECT_EQ(std::get<1>(rows[2]), "\\");
      },
      soon());
}

}  // namespace
}  // namespace waybill::postgres::testing
