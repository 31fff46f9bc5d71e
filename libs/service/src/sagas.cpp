#include "waybill/service/sagas.hpp"

#include <utility>

#include "waybill/saga/deadlines.hpp"

namespace waybill::service {

std::shared_ptr<saga::Engine> make_saga_engine(Service& service) {
  return std::make_shared<saga::Engine>(saga::EngineOptions{}, service.sender(),
                                        saga::Probe(service.metrics()));
}

void run_sagas(Service& service, const std::shared_ptr<const saga::Engine>& engine,
               const SagaQueues& queues) {
  inbox::Handlers answers;
  engine->receive_answers(answers, message::Queue{queues.answers});
  service.consume(queues.answers, std::move(answers));
  if (!queues.cancellations.empty()) {
    inbox::Handlers cancellations;
    engine->receive_cancellations(cancellations, message::Queue{queues.cancellations});
    service.consume(queues.cancellations, std::move(cancellations));
  }
  // What is kept lives as long as the process, and so does the engine that the handlers refer to.
  service.keep("saga deadlines", [engine, &pool = service.pool()]() -> Service::Stop {
    auto deadlines = std::make_shared<saga::Deadlines>(*engine, pool);
    return [deadlines, engine](base::Deadline) { deadlines->stop(); };
  });
}

}  // namespace waybill::service
