#include <utility>

#include "waybill/base/ensure.hpp"
#include "waybill/telemetry/trace_context.hpp"

namespace waybill::telemetry {

namespace {
thread_local const TraceScope* innermost_scope = nullptr;
}

TraceScope::TraceScope(TraceContext context) : context_(std::move(context)), outer_(innermost_scope) {
  innermost_scope = this;
}

TraceScope::~TraceScope() {
  ENSURE(innermost_scope == this, "a TraceScope ends on the thread that made it, in reverse order of making");
  innermost_scope = outer_;
}

const TraceContext* TraceScope::current() {
  return innermost_scope == nullptr ? nullptr : &innermost_scope->context_;
}

}  // namespace waybill::telemetry
