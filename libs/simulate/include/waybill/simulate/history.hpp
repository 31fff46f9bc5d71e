#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "waybill/simulate/dice.hpp"
#include "waybill/simulate/size.hpp"
#include "waybill/simulate/story.hpp"
#include "waybill/simulate/virtual_time.hpp"

namespace waybill::simulate {

/// What one history is made of. All that a simulation does must come from here: another clock, another
/// source of chance, an address of memory or a thread would make a seed worthless. One thread.
struct History {
  explicit History(std::uint64_t from_seed, const Size& its_size = {}, bool is_heard = true)
      : seed(from_seed), size(its_size), dice(from_seed, its_size), story(time, is_heard) {}
  History(const History&) = delete;
  History& operator=(const History&) = delete;

  const std::uint64_t seed;
  const Size size;
  Dice dice;
  VirtualTime time;
  Story story;
};

/// What went wrong; nothing when all that was promised held.
using Verdict = std::optional<std::string>;

}  // namespace waybill::simulate
