#include "waybill/telemetry/trace_context.hpp"

#include <algorithm>
#include <random>
#include <span>

#include "hex.hpp"
#include "tracestate.hpp"

namespace waybill::telemetry {

namespace {

constexpr std::size_t length_of_version_00 = 55;
// Sampled, and "the trace id is random" of the standard's second level; the rest is reserved and must not be
// passed on.
constexpr std::uint8_t known_flags = 0x03;

std::uint64_t draw() {
  thread_local std::mt19937_64 engine{[] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64{seed};
  }()};
  return engine();
}

bool all_zero(std::span<const std::uint8_t> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

void fill(std::span<std::uint8_t> bytes, const TraceContext::Random& random) {
  std::uint64_t bits = 0;
  for (std::size_t index = 0; index < bytes.size(); ++index) {
    if (index % 8 == 0) bits = random();
    bytes[index] = static_cast<std::uint8_t>(bits >> (8 * (index % 8)));
  }
  if (all_zero(bytes)) bytes.back() = 1;  // an all-zero id is no id
}

}  // namespace

TraceContext TraceContext::root(bool sampled) { return root(sampled, draw); }

TraceContext TraceContext::root(bool sampled, const Random& random) {
  TraceContext context;
  fill(context.trace_id_, random);
  fill(context.span_id_, random);
  context.flags_ = sampled ? 1 : 0;
  return context;
}

std::optional<TraceContext> TraceContext::parse(std::string_view traceparent, std::string_view tracestate) {
  if (traceparent.size() < length_of_version_00) return std::nullopt;
  if (traceparent[2] != '-' || traceparent[35] != '-' || traceparent[52] != '-') return std::nullopt;
  std::array<std::uint8_t, 1> version{};
  std::array<std::uint8_t, 1> flags{};
  TraceContext context;
  if (!detail::read_hex(traceparent.substr(0, 2), version) ||
      !detail::read_hex(traceparent.substr(3, 32), context.trace_id_) ||
      !detail::read_hex(traceparent.substr(36, 16), context.span_id_) ||
      !detail::read_hex(traceparent.substr(53, 2), flags)) {
    return std::nullopt;
  }
  if (version[0] == 0xFF || all_zero(context.trace_id_) || all_zero(context.span_id_)) return std::nullopt;
  const bool longer = traceparent.size() > length_of_version_00;
  if (longer && (version[0] == 0 || traceparent[length_of_version_00] != '-')) return std::nullopt;
  context.flags_ = flags[0] & known_flags;
  if (detail::well_formed_tracestate(tracestate)) context.tracestate_ = tracestate;
  return context;
}

TraceContext TraceContext::child() const { return child(draw); }

TraceContext TraceContext::child(const Random& random) const {
  TraceContext next = *this;
  fill(next.span_id_, random);
  return next;
}

std::string TraceContext::traceparent() const {
  return "00-" + trace_id() + '-' + span_id() + '-' + detail::write_hex({&flags_, 1});
}

std::string TraceContext::trace_id() const { return detail::write_hex(trace_id_); }

std::string TraceContext::span_id() const { return detail::write_hex(span_id_); }

}  // namespace waybill::telemetry
