#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "waybill/message/envelope.hpp"
#include "waybill/saga_simulation/answer_of.hpp"
#include "waybill/saga_simulation/coverage.hpp"
#include "waybill/saga_simulation/faults.hpp"
#include "waybill/saga_simulation/mechanism.hpp"
#include "waybill/saga_simulation/played_saga.hpp"
#include "waybill/simulate/history.hpp"

namespace waybill::saga_simulation::detail {

struct Stage;

/// What a Simulator was given, without the type of its world.
struct Script {
  struct Version {
    std::shared_ptr<const void> definition;
    const saga::Plan* plan = nullptr;
    std::function<saga::AnyData(void* world, std::size_t number)> begin;
  };
  struct Part {
    std::string_view command;
    std::function<Answered(void* world, const contract::Payload&, const message::SagaReference&)> act;
  };
  using Predicate = std::function<simulate::Verdict(const void* world, std::span<const PlayedSaga>)>;

  std::vector<Version> versions{};
  std::vector<Part> parts{};
  std::vector<Predicate> always{};
  std::vector<Predicate> at_end{};
  Faults faults{};
  Times times{};
  Mechanism mechanism{};
  Coverage coverage{};
  std::shared_ptr<const Stage> stage{};  ///< what was worked out of it; made when it is played first
};

/// Throws std::invalid_argument where the script lacks something.
simulate::Verdict play(simulate::History& history, Script& script, void* world);

}  // namespace waybill::saga_simulation::detail
