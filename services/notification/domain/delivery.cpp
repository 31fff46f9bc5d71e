#include "domain/delivery.hpp"

#include <array>
#include <chrono>
#include <cstdio>

#include "waybill/base/ensure.hpp"

namespace shop::notification {
namespace {

/// What a line of a header would not survive was refused or replaced before; that is checked, not trusted.
std::string header(std::string_view name, std::string_view value) {
  for (const char letter : value) {
    const auto byte = static_cast<unsigned char>(letter);
    ENSURE(byte >= 0x20 && byte != 0x7f, "a header's value has no control character");
  }
  return std::string(name).append(": ").append(value).append("\r\n");
}

/// "Sat, 31 Jan 2026 12:00:00 +0000"
std::string mail_date(waybill::base::WallTime time) {
  using namespace std::chrono;
  static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = floor<std::chrono::days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<seconds>(time - day));
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d +0000",
                days.at(weekday(day).c_encoding()), static_cast<unsigned>(date.day()),
                months.at(static_cast<unsigned>(date.month()) - 1), static_cast<int>(date.year()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace

std::string email_text(const Delivery& delivery, const std::string& sender) {
  const auto host = sender.substr(sender.find('@') + 1);
  auto out = header("Date", mail_date(delivery.requested_at)) + header("From", sender) +
             header("To", delivery.recipient) + header("Subject", delivery.words.subject) +
             header("Message-ID", "<" + delivery.id.to_string() + "@" + host + ">") +
             header("MIME-Version", "1.0") + header("Content-Type", "text/plain; charset=utf-8") +
             header("Content-Transfer-Encoding", "8bit") + header("Auto-Submitted", "auto-generated") +
             "\r\n";
  for (const char letter : delivery.words.text) {
    if (letter == '\n') out += '\r';
    out += letter;
  }
  return out;
}

std::string plain_text(const Delivery& delivery) {
  auto out = "To: " + delivery.recipient + "\n";
  if (!delivery.words.subject.empty()) out += "Subject: " + delivery.words.subject + "\n";
  return out + "\n" + delivery.words.text;
}

}  // namespace shop::notification
