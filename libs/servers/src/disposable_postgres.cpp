#include "waybill/servers/disposable_postgres.hpp"

#include "private_stack.hpp"
#include "waybill/testkit/temporary_directory.hpp"

namespace waybill::servers {

struct DisposablePostgres::State {
  explicit State(const std::string& configuration)
      : stack({"--only", "postgres", "--postgres-config", directory.write("added.conf", configuration)}) {}

  testkit::TemporaryDirectory directory;
  PrivateStack stack;
};

DisposablePostgres::DisposablePostgres(const std::string& configuration)
    : state_(std::make_unique<State>(configuration)) {}
DisposablePostgres::~DisposablePostgres() = default;

std::string DisposablePostgres::url() const { return state_->stack.variable("WAYBILL_POSTGRES_URL"); }

void DisposablePostgres::kill9() { state_->stack.run({"kill", "postgres"}); }
void DisposablePostgres::stop() { state_->stack.run({"stop", "postgres"}); }
void DisposablePostgres::start() { state_->stack.run({"start", "postgres"}); }
void DisposablePostgres::pause() { state_->stack.run({"pause", "postgres"}); }
void DisposablePostgres::resume() { state_->stack.run({"resume", "postgres"}); }

}  // namespace waybill::servers
