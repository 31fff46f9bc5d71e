#pragma once

#include <cstddef>

#include "waybill/base/uuid.hpp"
#include "waybill/saga/instance.hpp"

namespace waybill::saga_simulation {

/// A saga of a history, as predicates see it.
struct PlayedSaga {
  std::size_t number = 0;  ///< from 1 on, as in the story
  base::Uuid id;           ///< as in the references of its commands
  const saga::Plan* plan = nullptr;
  const saga::Instance* instance = nullptr;

  saga::Status status() const { return instance->status; }
  const saga::Cause& cause() const { return instance->cause; }
  /// It is what the saga's definition remembers (ENSURE).
  template <class Data>
  const Data& data() const {
    return instance->data.as<Data>();
  }
};

}  // namespace waybill::saga_simulation
