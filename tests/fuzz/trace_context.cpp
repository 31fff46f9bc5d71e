#include "waybill/telemetry/trace_context.hpp"

#include <algorithm>

#include "fuzz_input.hpp"
#include "waybill/base/ensure.hpp"

namespace waybill {
namespace {

using telemetry::TraceContext;

bool is_lower_hex(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

void check(const TraceContext& context, const std::string& tracestate) {
  ENSURE(TraceContext::parse(context.traceparent(), context.tracestate()) == context,
         "a context is read as it was written");
  ENSURE(context.trace_id().size() == 32 && is_lower_hex(context.trace_id()), "a trace id is 32 hex digits");
  ENSURE(context.tracestate().empty() || context.tracestate() == tracestate,
         "a tracestate is kept or dropped");
  ENSURE(context.tracestate().size() <= TraceContext::max_tracestate_characters, "a tracestate is bounded");
  const auto child = context.child([] { return std::uint64_t{0x1234'5678'9abc'def1}; });
  ENSURE(child.trace_id() == context.trace_id() && child.sampled() == context.sampled() &&
             child.tracestate() == context.tracestate(),
         "a child is of its parent's trace");
}

}  // namespace
}  // namespace waybill

// Both come from strangers with each message.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  waybill::fuzz::Input input(data, size);
  const auto traceparent = input.line();
  const auto tracestate = input.rest();
  if (const auto context = waybill::telemetry::TraceContext::parse(traceparent, tracestate)) {
    waybill::check(*context, tracestate);
  }
  return 0;
}
