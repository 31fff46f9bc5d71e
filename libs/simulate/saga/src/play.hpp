#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "letter.hpp"
#include "stage.hpp"
#include "watch.hpp"
#include "waybill/saga_simulation/script.hpp"

namespace waybill::saga_simulation::detail {

/// One history: the sagas in their database, two processes that advance them, the participants, and what is
/// on its way between them.
class Play {
 public:
  Play(simulate::History& history, Script& script, void* world);

  simulate::Verdict run();

 private:
  using Milliseconds = std::chrono::milliseconds;

  struct Process {
    std::size_t number = 0;
    std::size_t knows = 0;  ///< so many versions, from the oldest on
  };
  struct Saga {
    bool is_begun = false;
    bool must_be_read = false;  ///< nobody has it in memory any more
    std::size_t version = 0;
    saga::Instance instance{};
    std::optional<Watch> watch{};
    simulate::VirtualTime::Ticket timer{};
  };

  // The history: play.cpp.
  void begin_processes();
  void begin_sagas();
  void calm();
  void step();
  simulate::Verdict at_end();
  void fails(std::string what) {
    if (!wrong_) wrong_ = std::move(what);
  }
  void fails(std::size_t saga, const simulate::Verdict& verdict);
  /// What comes again and again is told three times.
  template <class... Parts>
  void tell(const Parts&... parts) {
    if (!history_.story.is_heard()) return;
    std::ostringstream line;
    (put(line, parts), ...);
    tell_line(line.str());
  }
  template <class Part>
  static void put(std::ostream& out, const Part& part) {
    if constexpr (std::is_invocable_v<const Part&>) {
      out << part();
    } else {
      out << part;
    }
  }
  void tell_line(const std::string& line);
  bool strikes(unsigned percent) { return history_.dice.strikes(percent); }

  // What is on its way: post.cpp.
  void post(Letter letter, Milliseconds wait);
  void bring(std::size_t letter, Milliseconds after);
  void arrive(std::size_t letter);
  void disturb(std::size_t saga);
  void post_order(std::size_t saga, saga::input::Order order);
  Milliseconds way();
  Milliseconds late(Milliseconds wait);
  Milliseconds soon_or_later();
  Milliseconds between(Milliseconds shortest, Milliseconds longest);
  std::string name_of(std::size_t letter) const;

  // The orchestrator: orchestrator.cpp.
  void take_input(std::size_t letter);
  void take_due(std::size_t saga);
  void begin(std::size_t letter, const Process& process);
  /// Whether it is left as it is: a copy, of a version that is not known, or there was a crash.
  bool is_put_off(std::size_t saga, std::optional<std::size_t> letter, const Process& process);
  void come_again(std::size_t saga, std::optional<std::size_t> letter, Milliseconds after);
  void crash();
  bool crashes_before_commit(std::size_t saga, std::optional<std::size_t> letter, const Process& process);
  void crash_after_commit(std::size_t saga, std::optional<std::size_t> letter);
  void read_back(std::size_t saga);
  saga::Input input_of(std::optional<std::size_t> letter) const;
  saga::Change change_of(std::size_t saga, std::optional<std::size_t> letter, const Process& process,
                         saga::Instance instance);
  void advance(std::size_t saga, std::optional<std::size_t> letter, const Process& process);
  void count(std::size_t saga, std::size_t state, std::optional<std::size_t> letter, saga::Outcome outcome);
  void commit(std::size_t saga, saga::Change change, const Letter* answer);
  void send(std::size_t saga, const saga::Change& change);
  void set_timer(std::size_t saga, Milliseconds earliest);

  // The participants: participants.cpp.
  void take_command(std::size_t letter);
  bool is_away(std::size_t letter, std::size_t service);
  bool is_skipped(std::size_t letter, std::size_t service);
  void act(std::size_t letter, const Stage::Command& command);

  const saga::Plan& plan(std::size_t version) const { return *script_.versions[version].plan; }
  const Stage::Command& command_of(const Letter& letter) const;
  base::Uuid id_of(std::size_t saga) const;

  simulate::History& history_;
  Script& script_;
  const Stage& stage_;
  void* world_;
  const Faults faults_;
  std::array<Process, 2> processes_;
  std::vector<Saga> sagas_;
  std::vector<PlayedSaga> played_;
  std::vector<Letter> letters_;
  std::vector<base::SteadyTime> away_until_;  // by service
  std::map<std::string, int> told_;           // lines, how often
  simulate::Verdict wrong_;
};

}  // namespace waybill::saga_simulation::detail
