#include "waybill/base/timestamp.hpp"

#include <cstdint>

#include "waybill/base/ensure.hpp"

namespace waybill::base {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hh_mm_ss;
using std::chrono::hours;
using std::chrono::January;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

void put(std::string& text, std::size_t at, std::size_t digits, std::int64_t number) {
  for (std::size_t i = digits; i-- > 0; number /= 10) text[at + i] = static_cast<char>('0' + number % 10);
}

// Reads from the front; once something did not fit, everything after it fails too.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int number(std::size_t digits) {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) value = value * 10 + digit();
    return value;
  }
  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void need(char wanted, char or_else) {
    if (!take(wanted) && !take(or_else)) good_ = false;
  }
  microseconds fraction() {
    std::int64_t value = 0;
    int digits = 0;
    do {
      const int next = digit();
      if (digits < 6) value = value * 10 + next;
      ++digits;
    } while (good_ && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9');
    for (; digits < 6; ++digits) value *= 10;
    return microseconds{value};
  }
  minutes offset() {
    if (take('Z') || take('z')) return minutes{0};
    const bool west = take('-');
    if (!west && !take('+')) good_ = false;
    const int hour = number(2);
    need(':', ':');
    const int minute = number(2);
    if (hour > 23 || minute > 59) good_ = false;
    return (west ? -1 : 1) * minutes{hour * 60 + minute};
  }
  bool read_all() const { return good_ && rest_.empty(); }

 private:
  int digit() {
    if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') {
      good_ = false;
      return 0;
    }
    const int value = rest_.front() - '0';
    rest_.remove_prefix(1);
    return value;
  }

  std::string_view rest_;
  bool good_ = true;
};

constexpr WallTime first_time{sys_days{year{0} / January / 1}};
constexpr WallTime past_time{sys_days{year{10'000} / January / 1}};

}  // namespace

bool is_representable(WallTime time) { return first_time <= time && time < past_time; }

std::string format_timestamp(WallTime time) {
  ENSURE(is_representable(time), "RFC 3339 has years of four digits");
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  std::string text = "0000-00-00T00:00:00.000000Z";
  put(text, 0, 4, int{date.year()});
  put(text, 5, 2, unsigned{date.month()});
  put(text, 8, 2, unsigned{date.day()});
  put(text, 11, 2, clock.hours().count());
  put(text, 14, 2, clock.minutes().count());
  put(text, 17, 2, clock.seconds().count());
  put(text, 20, 6, clock.subseconds().count());
  return text;
}

std::string format_timestamp_ms(WallTime time) {
  auto text = format_timestamp(time);
  constexpr std::size_t microseconds_and_zone = 4;
  return text.erase(text.size() - microseconds_and_zone, 3);
}

std::optional<WallTime> parse_timestamp(std::string_view text) {
  Scanner scan(text);
  const year y{scan.number(4)};
  scan.need('-', '-');
  const std::chrono::month m{static_cast<unsigned>(scan.number(2))};
  scan.need('-', '-');
  const std::chrono::day d{static_cast<unsigned>(scan.number(2))};
  scan.need('T', 't');
  const int hour = scan.number(2);
  scan.need(':', ':');
  const int minute = scan.number(2);
  scan.need(':', ':');
  const int second = scan.number(2);
  const microseconds fraction = scan.take('.') ? scan.fraction() : microseconds{0};
  const minutes offset = scan.offset();
  const year_month_day date{y, m, d};
  if (!scan.read_all() || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const WallTime time =
      WallTime{sys_days{date}} + hours{hour} + minutes{minute} + seconds{second} + fraction - offset;
  return is_representable(time) ? std::optional{time} : std::nullopt;
}

}  // namespace waybill::base
