#pragma once

#include <boost/assert/source_location.hpp>
#include <string>
#include <utility>

namespace waybill::runtime {

/// Why a text is not a value of some form: a predicate, such as "has no unit". It never contains the text or
/// a part of it, because the text may be a secret.
class Unfit {
 public:
  Unfit() = default;
  static Unfit that(std::string why) { return Unfit(std::move(why), 0); }
  const std::string& why() const noexcept { return why_; }
  friend bool operator==(const Unfit&, const Unfit&) = default;

 private:
  // Not constructible from a text alone: a result of a text could not tell its value from its error.
  Unfit(std::string why, int) : why_(std::move(why)) {}
  std::string why_;
};

/// result<…, Unfit>::value() throws std::invalid_argument.
[[noreturn]] void throw_exception_from_error(const Unfit& unfit, const boost::source_location& where);

}  // namespace waybill::runtime
