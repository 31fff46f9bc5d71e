#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "waybill/base/clock.hpp"
#include "waybill/testkit/traffic.hpp"

namespace waybill::testkit {

/// What is known of each message of a Traffic, and what is wrong with it. Any thread.
class TrafficBooks {
 public:
  explicit TrafficBooks(std::string name) : name_(std::move(name)) {}

  /// The number of a new message.
  std::uint64_t begin();
  std::string body_of(std::uint64_t number, std::size_t bytes) const;
  void ended(std::uint64_t number, const message::Outcome& outcome, base::Deadline deadline);
  void came(const message::Delivery& delivery);
  void session_began();
  void is_wrong(const std::string& what);

  Traffic::Counts counts() const;
  bool all_confirmed_came() const;
  /// What is wrong, a line each; empty: nothing.
  std::string complaints() const;

 private:
  enum class End : std::uint8_t { none, confirmed, other };
  struct Entry {
    std::uint64_t session = 0;  // in which it came last; zero: it has not come
    End end = End::none;
  };

  std::optional<std::uint64_t> number_of(const std::string& body) const;
  void count(const message::Outcome& outcome, End& end);
  void note(const std::string& what);
  void forget_the_oldest();

  const std::string name_;
  mutable std::mutex mutex_;
  std::deque<Entry> entries_;
  std::uint64_t first_ = 0;  // the number of the first entry
  std::size_t missing_ = 0;  // confirmed, and have not come
  Traffic::Counts counts_;
  std::vector<std::string> wrong_;
};

}  // namespace waybill::testkit
