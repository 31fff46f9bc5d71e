#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "waybill/base/ensure.hpp"
#include "waybill/simulate/size.hpp"

namespace waybill::simulate {

/// Numbers without end from one seed, as random as a simulation needs and quick to begin with. One thread.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : at_(seed) {}
  std::uint64_t next() {
    // A step that visits every state, and a mix of it in which each bit depends on all.
    at_ += 0xA0761D6478BD642FU;
    auto mixed = (at_ ^ (at_ >> 31U)) * 0xE7037ED1A0B428DBU;
    mixed = (mixed ^ (mixed >> 29U)) * 0x8EBC6AF09C88C6E3U;
    return mixed ^ (mixed >> 32U);
  }

 private:
  std::uint64_t at_;
};

/// The chances of one history, drawn from its seed.
///
/// Promises: the same seed, size and questions give the same answers, with any compiler and library. Faults
/// are drawn apart from all else, so that a history of fewer faults is the same up to the first one that it
/// lacks. Not more of them strike than the size allows, so that whatever waits for better times sees them.
/// Does not promise: that the same questions in another order are answered alike. Concurrency: one thread.
class Dice {
 public:
  explicit Dice(std::uint64_t seed, const Size& size = {});

  std::uint64_t draw() { return numbers_.next(); }
  /// From 0 up to, and without, `end`, which is not 0.
  std::uint64_t below(std::uint64_t end) {
    ENSURE(end > 0, "nothing is below zero");
    return numbers_.next() % end;
  }
  /// Both included.
  std::int64_t between(std::int64_t low, std::int64_t high);
  bool chance(unsigned percent) { return numbers_.next() % 100 < percent; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }

  /// One of what is not empty.
  template <class Range>
  auto& pick(Range& range) {
    ENSURE(!range.empty(), "nothing to pick from");
    return range[static_cast<std::size_t>(below(range.size()))];
  }
  template <class Range>
  void shuffle(Range& range) {
    for (std::size_t left = range.size(); left > 1; --left) {
      using std::swap;
      swap(range[left - 1], range[static_cast<std::size_t>(below(left))]);
    }
  }

  /// A fault strikes, in so many of a hundred cases, while there are any left and nobody has called for calm.
  bool strikes(unsigned percent);
  /// No fault strikes any more: what is left to do can be done.
  void calm() { is_calm_ = true; }
  bool is_calm() const { return is_calm_; }
  int faults_struck() const { return struck_; }

 private:
  Numbers numbers_;
  Numbers faults_;
  Size size_;
  int drawn_ = 0;   // faults, the spared ones too …
  int struck_ = 0;  // … and those that came
  bool is_calm_ = false;
};

}  // namespace waybill::simulate
