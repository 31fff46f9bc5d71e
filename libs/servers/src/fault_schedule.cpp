#include "waybill/servers/fault_schedule.hpp"

#include <initializer_list>
#include <ostream>
#include <random>

#include "waybill/base/ensure.hpp"

namespace waybill::servers {
namespace {

using std::chrono::milliseconds;

/// Draws with the standard's engine but without its distributions, which differ between libraries.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  std::uint64_t between(std::uint64_t least, std::uint64_t most) { return least + below(most - least + 1); }
  milliseconds between(milliseconds least, milliseconds most) {
    return milliseconds{
        between(static_cast<std::uint64_t>(least.count()), static_cast<std::uint64_t>(most.count()))};
  }
  template <class T>
  T one_of(std::initializer_list<T> choices) {
    return choices.begin()[below(choices.size())];
  }
  /// Small numbers as often as large ones: what breaks in a handshake and what breaks in a payload.
  std::uint64_t of_any_size(unsigned most_bits) { return below(std::uint64_t{1} << between(0, most_bits)); }

  Direction direction() {
    return one_of({Direction::client_to_server, Direction::server_to_client, Direction::both});
  }
  Direction one_direction() { return one_of({Direction::client_to_server, Direction::server_to_client}); }
  Cut cut() { return one_of({Cut::reset, Cut::end}); }
  Connections connections() { return one_of({Connections::open, Connections::next, Connections::each}); }

 private:
  std::mt19937_64 random_;
};

constexpr unsigned offset_bits = 14;

// Every value is drawn in a statement of its own: the order of evaluation within a call is the compiler's.

Fault draw_delay(Dice& dice) {
  fault::Delay delay{.direction = dice.direction()};
  delay.fixed = dice.between(milliseconds{0}, milliseconds{40});
  delay.jitter = dice.between(milliseconds{0}, milliseconds{40});
  return delay;
}

Fault draw_throttle(Dice& dice) {
  fault::Throttle throttle{.direction = dice.direction()};
  throttle.bytes_per_second = std::uint64_t{1} << dice.between(8, 18);
  return throttle;
}

Fault draw_cut_after(Dice& dice) {
  fault::CutAfter cut{.direction = dice.one_direction()};
  cut.bytes = dice.of_any_size(offset_bits);
  cut.of = dice.connections();
  cut.how = dice.cut();
  return cut;
}

Fault draw_corruption(Dice& dice) {
  fault::CorruptByte corruption{.direction = dice.one_direction()};
  corruption.offset = dice.of_any_size(offset_bits);
  corruption.of = dice.connections();
  return corruption;
}

Fault draw_fault(Dice& dice, bool corrupting) {
  switch (dice.below(corrupting ? 18 : 16)) {
    case 0:
    case 1:
    case 2:
      return fault::None{};
    case 3:
      return fault::Refuse{};
    case 4:
      return fault::NeverAnswer{};
    case 5:
    case 6:
      return fault::StopReading{dice.direction()};
    case 7:
    case 8:
      return draw_delay(dice);
    case 9:
    case 10:
      return draw_throttle(dice);
    case 11:
    case 12:
      return fault::CutNow{dice.cut()};
    case 13:
    case 14:
      return draw_cut_after(dice);
    case 15:
      return fault::HalfClose{dice.one_direction()};
    default:
      return draw_corruption(dice);
  }
}

bool happens_at_once(const Fault& fault) {
  return std::holds_alternative<fault::CutNow>(fault) || std::holds_alternative<fault::HalfClose>(fault);
}

}  // namespace

FaultSchedule::FaultSchedule(std::uint64_t seed, const Limits& limits) : seed_(seed) {
  ENSURE(limits.shortest.count() >= 0 && limits.shortest <= limits.longest);
  Dice dice(seed);
  while (steps_.size() < limits.steps) {
    Fault fault = draw_fault(dice, limits.corrupting);
    steps_.push_back({fault, dice.between(limits.shortest, limits.longest)});
  }
}

std::chrono::milliseconds FaultSchedule::duration() const {
  milliseconds sum{0};
  for (const auto& step : steps_) sum += step.lasts;
  return sum;
}

std::string FaultSchedule::line(std::size_t step) const {
  ENSURE(step >= 1 && step <= steps_.size(), "a step that the schedule does not have");
  const auto& [fault, lasts] = steps_[step - 1];
  return "seed " + std::to_string(seed_) + " step " + std::to_string(step) + ": " + describe(fault) +
         (happens_at_once(fault) ? ", then nothing for " : " for ") + std::to_string(lasts.count()) + " ms";
}

std::ostream& operator<<(std::ostream& out, const FaultSchedule& schedule) {
  for (std::size_t step = 1; step <= schedule.steps_.size(); ++step) out << schedule.line(step) << '\n';
  return out;
}

}  // namespace waybill::servers
