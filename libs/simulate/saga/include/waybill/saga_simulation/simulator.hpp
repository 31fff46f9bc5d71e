#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "waybill/saga/definition.hpp"
#include "waybill/saga_simulation/script.hpp"

namespace waybill::saga_simulation {

/// Plays sagas with their participants: one history for each seed, in virtual time, with all that can come
/// between. It is a simulate::Simulation, for simulate::explore().
///
///   Simulator<Trips> simulator([](simulate::History& history) { return Trips(history.dice); });
///   simulator.definition(book_trip(), new_trip)
///       .participant(reserve_seat).participant(release_seat) …
///       .holds_at_end(a_trip_is_whole_or_not_at_all);
///
/// The participants are functions over a World, which is made anew for each history. They do what the
/// services do in one transaction, and are as unique by saga, step and epoch as those must be. What hangs on
/// chance comes from the history's dice.
///
/// Promises: as simulate::explore(). Each history has up to `size.messages` sagas. Does not promise: to find
/// what the participants do otherwise than the services that they stand for. A copy shares all with its
/// original. Concurrency: one thread.
template <class World>
class Simulator {
 public:
  using Sagas = std::span<const PlayedSaga>;

  explicit Simulator(std::function<World(simulate::History&)> make_world)
      : make_world_(std::move(make_world)) {}

  /// A version of the saga, and what a new one begins with. From the oldest to the newest: with several, some
  /// processes know only the older ones for a while.
  template <class Data>
  Simulator& definition(saga::Definition<Data> definition, Data (*begin)(World&, std::size_t number)) {
    auto kept = std::make_shared<const saga::Definition<Data>>(std::move(definition));
    const auto& plan = kept->plan();
    script_->versions.push_back({std::move(kept), &plan, [begin](void* world, std::size_t number) {
                                   return saga::AnyData::of(begin(*static_cast<World*>(world), number));
                                 }});
    script_->coverage.add(plan);
    script_->stage.reset();
    return *this;
  }

  /// What takes this command, wherever the saga's steps send it.
  template <class Command>
  Simulator& participant(AnswerOf<Command> (*act)(World&, const Command&, const message::SagaReference&)) {
    script_->parts.push_back(
        {contract::traits<Command>::name,
         [act](void* world, const contract::Payload& command, const message::SagaReference& asked) {
           return act(*static_cast<World*>(world), static_cast<const Command&>(command), asked).take();
         }});
    script_->stage.reset();
    return *this;
  }

  /// What must hold at the end, when every saga is completed or compensated and nothing is under way.
  Simulator& holds_at_end(simulate::Verdict (*predicate)(const World&, Sagas)) {
    script_->at_end.push_back(erased(predicate));
    return *this;
  }
  /// What must hold after each thing that happens. It is looked at often: it should be quick.
  Simulator& holds_always(simulate::Verdict (*predicate)(const World&, Sagas)) {
    script_->always.push_back(erased(predicate));
    return *this;
  }

  Faults& faults() { return script_->faults; }
  /// Before the first history.
  Times& times() { return script_->times; }
  Mechanism& mechanism() { return script_->mechanism; }

  const Coverage& coverage() const { return script_->coverage; }
  /// What the sagas could meet and have not met, in all histories so far.
  std::vector<std::string> unseen() const { return script_->coverage.unseen(script_->faults); }

  simulate::Verdict operator()(simulate::History& history) const {
    World world = make_world_(history);
    return detail::play(history, *script_, &world);
  }

 private:
  static detail::Script::Predicate erased(simulate::Verdict (*predicate)(const World&, Sagas)) {
    return [predicate](const void* world, Sagas sagas) {
      return predicate(*static_cast<const World*>(world), sagas);
    };
  }

  std::function<World(simulate::History&)> make_world_;
  std::shared_ptr<detail::Script> script_ = std::make_shared<detail::Script>();
};

}  // namespace waybill::saga_simulation
