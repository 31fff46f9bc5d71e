#include "waybill/simulate/explorer.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

namespace waybill::simulate {
namespace {

constexpr auto variable = "WAYBILL_SEED";

Verdict play(History& history, const Simulation& simulation) {
  try {
    return simulation(history);
  } catch (const std::exception& fault) {
    return std::string("it threw: ") + fault.what();
  }
}

/// A history that can be played again.
struct Played {
  std::uint64_t seed = 0;
  Size size;
  int faults_struck = 0;
  int cost() const { return size.messages + faults_struck; }
};

/// Looks for smaller histories in which something goes wrong, as long as it may try.
class Shrinking {
 public:
  Shrinking(const Simulation& simulation, std::size_t tries) : simulation_(simulation), tries_(tries) {}

  Played from(const Played& found) {
    // Half of the tries are for the seed itself.
    const auto half = tries_ / 2;
    tries_ -= half;
    auto shortest = without_needless(fewest(found));
    tries_ += half;
    return without_needless(among_neighbours(shortest));
  }

 private:
  static constexpr std::uint64_t neighbours = 200;

  Played fewest(const Played& whole) {
    for (int messages = 1; messages <= whole.size.messages; ++messages) {
      for (int faults = 0; faults <= whole.size.faults; ++faults) {
        Played smaller{whole.seed, {messages, faults, whole.size.spared}, 0};
        if (fails(smaller)) return smaller;
      }
    }
    return {whole.seed, whole.size, whole.size.faults};
  }

  /// From the last one on: what came early may be what the later ones stand on.
  Played without_needless(Played played) {
    for (auto place = played.faults_struck - 1; place >= 0; --place) {
      auto without = played;
      without.size.spared.push_back(place);
      if (fails(without)) played = std::move(without);
    }
    return played;
  }

  /// What goes wrong in one seed among many faults often goes wrong in another one with few.
  Played among_neighbours(const Played& found) {
    for (int cost = 1; cost < found.cost(); ++cost) {
      for (int messages = 1; messages <= std::min(cost, found.size.messages); ++messages) {
        for (std::uint64_t next = 0; next < neighbours; ++next) {
          Played smaller{found.seed + next, {messages, cost - messages, {}}, 0};
          if (fails(smaller)) return smaller;
        }
      }
    }
    return found;
  }

  bool fails(Played& played) {
    if (tries_ == 0) return false;
    --tries_;
    History history(played.seed, played.size, false);
    const bool is_wrong = play(history, simulation_).has_value();
    played.faults_struck = history.dice.faults_struck();
    return is_wrong;
  }

  const Simulation& simulation_;
  std::size_t tries_;
};

Failure tell(const Exploration& exploration, const Simulation& simulation, std::uint64_t seed,
             std::string wrong) {
  const auto shortest = Shrinking(simulation, exploration.most_tries).from({seed, exploration.size, 0});
  History history(shortest.seed, shortest.size, true);
  auto told = play(history, simulation);
  if (!told) {
    told =
        "nothing, now that it is told: the simulation takes something from outside of its history, or does "
        "more than to tell where it tells";
  }
  return {.seed = seed,
          .wrong = std::move(wrong),
          .short_seed = shortest.seed,
          .short_size = shortest.size,
          .short_faults = history.dice.faults_struck(),
          .short_wrong = *std::move(told),
          .story = history.story.lines()};
}

Explored play_seeds(const Exploration& exploration, const Simulation& simulation, std::uint64_t first,
                    std::uint64_t last) {
  for (auto seed = first; seed <= last; ++seed) {
    History history(seed, exploration.size, false);
    auto wrong = play(history, simulation);
    if (!wrong) continue;
    return {seed - first + 1, tell(exploration, simulation, seed, *std::move(wrong)), exploration.most_lines};
  }
  return {last - first + 1, std::nullopt, exploration.most_lines};
}

/// A number at the beginning of the text, which is shortened by it and the colon behind it.
template <class Number>
bool take_number(std::string_view& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.empty()) return true;
  if (text.front() != ':') return false;
  text.remove_prefix(1);
  return !text.empty();
}

Played read_seed(std::string_view text, const Size& size) {
  Played played{0, size, 0};
  auto rest = text;
  bool is_read = take_number(rest, played.seed);
  if (is_read && !rest.empty()) {
    is_read = take_number(rest, played.size.messages) && !rest.empty() &&
              take_number(rest, played.size.faults) && rest.empty();
  }
  if (is_read) return played;
  throw std::invalid_argument(std::string(variable) + " is '" + std::string(text) +
                              "', which is no seed: give a whole number, or seed:messages:faults as an "
                              "explorer printed it, or unset it");
}

}  // namespace

std::string Explored::to_string() const {
  std::ostringstream out;
  out << *this;
  return out.str();
}

std::ostream& operator<<(std::ostream& out, const Explored& explored) {
  if (!explored.failure_) return out << "nothing went wrong in " << explored.histories_ << " histories";
  const auto& failure = *explored.failure_;
  const auto& size = failure.short_size;
  out << "seed " << failure.seed << ": " << failure.wrong << "\nRun it again alone with " << variable << '='
      << failure.seed << ", and what follows with " << variable << '=' << failure.short_seed << ':'
      << size.messages << ':' << size.faults << ".\nIn short, with " << size.messages
      << (size.messages == 1 ? " message" : " messages") << " and " << failure.short_faults
      << (failure.short_faults == 1 ? " fault: " : " faults: ") << failure.short_wrong << '\n';
  print_end(out, failure.story, explored.most_lines_);
  return out;
}

Explored explore(const Exploration& exploration, const Simulation& simulation) {
  const char* only = std::getenv(variable);
  if (only == nullptr || *only == '\0') return search(exploration, simulation);
  auto replayed = exploration;
  const auto played = read_seed(only, exploration.size);
  replayed.size = played.size;
  return play_seeds(replayed, simulation, played.seed, played.seed);
}

Explored search(const Exploration& exploration, const Simulation& simulation) {
  return play_seeds(exploration, simulation, 1, exploration.seeds);
}

}  // namespace waybill::simulate
