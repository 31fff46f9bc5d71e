#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "waybill/message/outcome.hpp"
#include "waybill/outbox/relay_machine.hpp"

namespace waybill::outbox::testing {

using namespace std::chrono_literals;

/// A database and a broker in memory around one relay's machine, in a time that only the test moves.
class World {
 public:
  explicit World(RelayLimits limits = quiet()) : limits_(limits) { lead(); }

  /// Looks that come by themselves are rare, so that a test sees what it asked for.
  static RelayLimits quiet();

  /// A row is committed. Ids may come in any order, as transactions commit.
  void commit(std::int64_t id, const std::string& key, const std::string& exchange = "events",
              const std::string& routing_key = "");
  /// The leader dies, with what was under way, and another begins with what the tables hold.
  void lead();
  /// Does what the machine asks for until it has nothing to do at this time.
  void run();
  /// The same after a while.
  void run_after(std::chrono::milliseconds duration);
  /// The broker answers what is under way.
  void answer(std::int64_t id, const message::Outcome& outcome);
  void confirm_all();
  void wake() { machine_->on_wake(); }

  /// How the broker answers at once; without it, publications stay under way.
  std::function<message::Outcome(const message::Address&)> answers;

  /// Who is told of each publication that stays under way.
  std::function<void(const Row&)> sends;

  std::vector<std::int64_t> published;  ///< in that order
  std::vector<std::int64_t> removed;
  std::vector<std::int64_t> under_way;
  std::map<std::int64_t, Row> outbox;
  std::map<std::int64_t, Row> blocked;
  std::map<std::int64_t, std::string> reasons;
  std::vector<RelayMachine::Notice> notices;
  std::map<std::string_view, int> acts;  ///< how often each was asked for
  std::chrono::nanoseconds sweep_takes{0};
  Snapshot snapshot;  ///< what the database tells with each read

  // Mistakes, for those who want to see them found.
  bool forgets_low_ids = false;
  bool forgets_holes = false;
  bool forgets_keys = false;
  bool forgets_blocked = false;

  bool removal_fails = false;
  std::int64_t cannot_be_removed = 0;

  RelayMachine& machine() { return *machine_; }
  base::SteadyTime now{std::chrono::hours{1}};

  // What std::visit calls for the machine's actions.
  void operator()(act::Publish& publish);
  void operator()(act::Read& read);
  void operator()(act::Sweep& sweep);
  void operator()(act::Fetch& fetch);
  void operator()(act::Remove& remove);
  void operator()(act::Block& block);
  void operator()(act::Defer& defer);
  void operator()(act::ReadBlocked& read);
  void operator()(act::Promote& promote);
  void operator()(act::Maintain& maintain);
  void operator()(act::Wait& wait);

 private:
  bool may_be_read(const Row& row, const std::vector<message::Address>& without) const;

  RelayLimits limits_;
  std::unique_ptr<RelayMachine> machine_;
};

}  // namespace waybill::outbox::testing
