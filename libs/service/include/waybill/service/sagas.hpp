#pragma once

#include <memory>
#include <string>

#include "waybill/saga/engine.hpp"
#include "waybill/service/service.hpp"

namespace waybill::service {

/// Whence the sagas of a service hear, each a queue that nothing else of the service consumes.
struct SagaQueues {
  std::string answers{};
  /// Of the commands that cancel; empty where only requests do.
  std::string cancellations{};
};

/// The engine of a service's sagas, before anything is added to it; its probe is the service's.
std::shared_ptr<saga::Engine> make_saga_engine(Service& service);

/// Runs the sagas that were added: takes what the queues bring, and goes on with those whose deadlines have
/// come while the service runs. The tables are saga::migrations(), which the service's description names.
///
///   auto engine = service::make_saga_engine(service);
///   engine->add(place_order());
///   service::run_sagas(service, engine, {.answers = "order.replies", .cancellations = "order.commands"});
void run_sagas(Service& service, const std::shared_ptr<const saga::Engine>& engine, const SagaQueues& queues);

}  // namespace waybill::service
