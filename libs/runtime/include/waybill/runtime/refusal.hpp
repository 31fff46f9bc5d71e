#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>

namespace waybill::runtime {

/// Why a pool did not run a function. It has not begun and never will.
struct Refusal {
  enum class Why {
    full,    ///< as many are accepted as the pool has threads and places in its queue
    closed,  ///< the pool is shutting down
    late,    ///< the deadline came before a thread was free
  };
  Why why;
  std::string pool;

  /// What happened, to which pool, and what to do.
  std::string to_string() const;
  friend bool operator==(const Refusal&, const Refusal&) = default;
};

/// A Refusal, where a function's own result leaves no room for it.
class Refused : public std::runtime_error {
 public:
  explicit Refused(Refusal refusal) : std::runtime_error(refusal.to_string()), refusal_(std::move(refusal)) {}
  const Refusal& refusal() const noexcept { return refusal_; }

 private:
  Refusal refusal_;
};

/// result<…, Refusal>::value() throws Refused.
[[noreturn]] void throw_exception_from_error(const Refusal& refusal, const boost::source_location& where);

}  // namespace waybill::runtime
