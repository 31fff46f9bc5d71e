#include <utility>

#include "waybill/base/ensure.hpp"
#include "waybill/telemetry/trace_context.hpp"

namespace waybill::telemetry {

namespace {
thread_local const TraceScope* innermost = nullptr;
}

TraceScope::TraceScope(TraceContext context) : context_(std::move(context)), outer_(innermost) {
  innermost = this;
}

TraceScope::~TraceScope() {
  ENSURE(innermost == this, "a TraceScope ends on the thread that made it, in reverse order of making");
  innermost = outer_;
}

const TraceContext* TraceScope::current() { return innermost == nullptr ? nullptr : &innermost->context_; }

}  // namespace waybill::telemetry
