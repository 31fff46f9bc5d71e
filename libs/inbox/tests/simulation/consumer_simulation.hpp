#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "consumer_machine.hpp"

namespace waybill::inbox::testing {

/// A mistake that a consumer could make; each is played by the world around the machine.
enum class Mistake : std::uint8_t {
  none,
  acknowledges_before_the_commit,
  looks_for_copies_of_the_redelivered_only,
  retries_and_gives_up_without_counting,
  takes_in_doubt_for_committed,
  takes_in_doubt_for_undone,
  acknowledges_before_a_failure_is_recorded,
  notes_no_beginning,
  takes_no_beginning_back,
  counts_an_attempt_apart_from_its_retry,
  handles_suspects_together,
};

/// How much happens in one history.
struct Size {
  int messages = 8;
  int faults = 40;
};

/// One history of a queue, two processes that consume it and their database, drawn from a seed: messages that
/// come in copies, fail, or kill who handles them; processes that are killed and connections that are cut at
/// any moment, commits that end in doubt, a database that is away. At the end everything is well again.
class ConsumerSimulation {
 public:
  explicit ConsumerSimulation(std::uint64_t seed, Mistake mistake = Mistake::none, Size size = {});

  /// What went wrong; nothing when every message had one effect or one dead letter, and all came to rest.
  std::optional<std::string> run();
  /// What happened, a line each.
  const std::vector<std::string>& story() const { return story_; }

 private:
  static constexpr std::uint32_t attempts = 3;
  static constexpr std::uint32_t crashes = 3;

  struct Copy {
    std::size_t message = 0;
    std::uint32_t attempt = 1;
    bool is_redelivered = false;
  };
  struct Message {
    base::Uuid id;
    std::uint32_t throws = 0;  ///< so many attempts fail
    bool kills = false;        ///< whoever handles it
    int effects = 0;
    int dead_letters = 0;
    std::uint32_t died_under = 0;  ///< processes that others killed while they handled it alone
  };
  struct Held {
    Copy copy;
    bool is_live = true;  ///< its connection still stands: it can be acknowledged
    bool is_crash = false;
  };
  struct Process {
    std::unique_ptr<ConsumerMachine> machine;
    std::vector<Held> hand;
    std::set<std::size_t> begun;
  };
  struct Attempt {
    std::uint32_t attempt = 1;
    std::uint32_t crashes = 0;
  };

  bool chance(unsigned percent) { return random_() % 100 < percent; }
  /// A fault, while there are any left.
  bool strikes(unsigned percent);
  void tell(const std::string& what) { story_.push_back(what); }
  std::string name(const Copy& copy) const;

  void step(Process& process);
  /// Nothing can be read or written: for a while, once it begins.
  bool is_away();
  void start(Process& process);
  void kill(Process& process, bool by_a_message = false);
  void cut(Process& process);
  void perform(Process& process, const act::Receive&);
  void perform(Process& process, const act::Begin& begin);
  void perform(Process& process, const act::Run& run);
  void perform(Process& process, const act::Record& record);
  void perform(Process& process, const act::Settle& settle);
  void perform(Process& process, const act::Sleep& sleep);
  void perform(Process& process, const act::GiveBack& give_back);
  void perform(Process&, const act::Stop&) {}

  ConsumerMachine::End handle(const Held& held, std::vector<std::size_t>& effects);
  bool record(const Held& held, bool is_final);
  void acknowledge(Held& held) { held.is_live = false; }
  void promote();
  bool is_at_rest() const;
  std::optional<std::string> verdict() const;

  std::mt19937_64 random_;
  const Mistake mistake_;
  int faults_left_;
  unsigned away_percent_;
  base::SteadyTime away_until_{};
  base::SteadyTime now_{std::chrono::hours{1}};
  std::vector<Message> messages_;
  std::deque<Copy> queue_;
  std::array<Process, 2> processes_;
  std::set<std::size_t> inbox_;
  std::map<std::size_t, Attempt> attempts_;
  std::vector<Copy> scheduled_;
  std::vector<std::string> story_;
  std::optional<std::string> wrong_;
};

/// The shortest story that can be found of what goes wrong with this seed.
std::string shrunk(std::uint64_t seed, Mistake mistake = Mistake::none);

}  // namespace waybill::inbox::testing
