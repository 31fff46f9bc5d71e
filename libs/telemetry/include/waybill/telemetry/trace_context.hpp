#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace waybill::telemetry {

/// Where a piece of work stands in a distributed trace: W3C Trace Context. A value.
class TraceContext {
 public:
  using TraceId = std::array<std::uint8_t, 16>;
  using SpanId = std::array<std::uint8_t, 8>;
  /// Draws 64 random bits.
  using Random = std::function<std::uint64_t()>;

  static constexpr std::size_t max_tracestate_members = 32;
  static constexpr std::size_t max_tracestate_characters = 512;

  /// The start of a new trace.
  static TraceContext root(bool sampled);
  static TraceContext root(bool sampled, const Random& random);

  /// Reads the two headers. traceparent is read strictly: version 00 exactly, a higher version by its first
  /// four parts, lower-case hex only, no all-zero id; anything else is nothing. A malformed or too long
  /// tracestate is dropped and the traceparent kept, as the standard wants; a good one is kept as it is.
  static std::optional<TraceContext> parse(std::string_view traceparent, std::string_view tracestate = {});

  /// The same trace, a new span: what goes along with an outgoing message or request.
  TraceContext child() const;
  TraceContext child(const Random& random) const;

  /// "00-<trace id>-<span id>-<flags>".
  std::string traceparent() const;
  /// Empty when there is none.
  const std::string& tracestate() const { return tracestate_; }

  /// 32 lower-case hex digits.
  std::string trace_id() const;
  /// 16 lower-case hex digits.
  std::string span_id() const;
  bool sampled() const { return (flags_ & 1U) != 0; }

  friend bool operator==(const TraceContext&, const TraceContext&) = default;

 private:
  TraceContext() = default;
  TraceId trace_id_{};
  SpanId span_id_{};
  std::uint8_t flags_ = 0;
  std::string tracestate_;
};

/// Makes a trace context the calling thread's current one while the object lives; log lines carry its ids.
/// Scopes nest and end in reverse order, on their thread: a coroutine must not hold one across a co_await.
class TraceScope {
 public:
  explicit TraceScope(TraceContext context);
  ~TraceScope();
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;

  /// The calling thread's current context; null when there is none. Valid while its scope lives.
  static const TraceContext* current();

 private:
  TraceContext context_;
  const TraceScope* outer_;
};

}  // namespace waybill::telemetry
