#include "traffic_books.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace waybill::testkit {
namespace {

constexpr std::size_t remembered = 50'000;
constexpr std::size_t most_complaints = 10;
// How much later than its deadline an outcome may be on a busy machine.
constexpr std::chrono::seconds grace{3};

std::string number_text(std::uint64_t number) { return "message " + std::to_string(number); }

}  // namespace

std::uint64_t TrafficBooks::begin() {
  const std::lock_guard lock(mutex_);
  entries_.emplace_back();
  ++counts_.published;
  ++counts_.under_way;
  forget_the_oldest();
  return first_ + entries_.size() - 1;
}

// A message that still has to end or to come is not forgotten, nor is any after it.
void TrafficBooks::forget_the_oldest() {
  while (entries_.size() > remembered) {
    const auto& oldest = entries_.front();
    if (oldest.end == End::none || (oldest.end == End::confirmed && oldest.session == 0)) return;
    entries_.pop_front();
    ++first_;
  }
}

std::string TrafficBooks::body_of(std::uint64_t number, std::size_t bytes) const {
  auto body = name_ + " " + std::to_string(number) + " ";
  if (body.size() < bytes) body.resize(bytes, '.');
  return body;
}

std::optional<std::uint64_t> TrafficBooks::number_of(const std::string& body) const {
  if (!body.starts_with(name_ + " ")) return std::nullopt;
  std::uint64_t number = 0;
  const auto read = std::from_chars(body.data() + name_.size() + 1, body.data() + body.size(), number);
  if (read.ec != std::errc{}) return std::nullopt;
  return number;
}

void TrafficBooks::count(const message::Outcome& outcome, End& end) {
  end = is_confirmed(outcome) ? End::confirmed : End::other;
  if (const auto* unknown = std::get_if<message::Unknown>(&outcome)) {
    ++(unknown->sent ? counts_.unknown_sent : counts_.unknown_unsent);
  } else {
    ++(end == End::confirmed ? counts_.confirmed : counts_.refused);
  }
}

void TrafficBooks::ended(std::uint64_t number, const message::Outcome& outcome, base::Deadline deadline) {
  using std::chrono::milliseconds;
  const auto late = std::chrono::duration_cast<milliseconds>(base::system_clock().steady() - deadline.when());
  const std::lock_guard lock(mutex_);
  if (number < first_ || entries_[number - first_].end != End::none) {
    return note(number_text(number) + " ended twice, now as " + message::to_string(outcome));
  }
  auto& entry = entries_[number - first_];
  count(outcome, entry.end);
  --counts_.under_way;
  if (entry.end == End::confirmed && entry.session == 0) ++missing_;
  counts_.latest = std::max(counts_.latest, late);
  if (late > grace) {
    note(number_text(number) + " ended " + std::to_string(late.count()) + " ms after its deadline, as " +
         message::to_string(outcome));
  }
}

void TrafficBooks::came(const message::Delivery& delivery) {
  const auto number = number_of(delivery.message.body);
  if (!number) return;
  const std::lock_guard lock(mutex_);
  if (*number >= first_ + entries_.size())
    return note(number_text(*number) + " came and was never published");
  if (*number < first_) return;
  auto& entry = entries_[*number - first_];
  if (entry.session == 0) {
    ++counts_.consumed;
    if (entry.end == End::confirmed) --missing_;
  } else {
    ++counts_.consumed_again;
    if (!delivery.redelivered && entry.session == delivery.tag.session) {
      note(number_text(*number) + " came twice in one session and does not say redelivered");
    }
  }
  entry.session = delivery.tag.session;
}

void TrafficBooks::session_began() {
  const std::lock_guard lock(mutex_);
  ++counts_.sessions;
}

void TrafficBooks::is_wrong(const std::string& what) {
  const std::lock_guard lock(mutex_);
  note(what);
}

void TrafficBooks::note(const std::string& what) {
  ++counts_.wrong;
  if (wrong_.size() < most_complaints) wrong_.push_back(what);
}

Traffic::Counts TrafficBooks::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

bool TrafficBooks::all_confirmed_came() const {
  const std::lock_guard lock(mutex_);
  return missing_ == 0;
}

std::string TrafficBooks::complaints() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  if (counts_.under_way > 0) text += std::to_string(counts_.under_way) + " publishes have not ended\n";
  if (missing_ > 0) text += std::to_string(missing_) + " messages were confirmed and have not come\n";
  for (const auto& what : wrong_) text += what + "\n";
  if (counts_.wrong > wrong_.size()) text += "…\n";
  return text;
}

}  // namespace waybill::testkit
