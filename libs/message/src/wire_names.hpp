#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace waybill::message::wire_name {

// CloudEvents' own attributes carry the prefix; extensions go by their bare names, as tracers and sagas look
// for them.
inline constexpr std::string_view prefix = "cloudEvents_";
inline constexpr std::string_view other_prefix = "cloudEvents:";
inline constexpr std::string_view spec_version = "specversion";
inline constexpr std::string_view id = "id";
inline constexpr std::string_view type = "type";
inline constexpr std::string_view source = "source";
inline constexpr std::string_view subject = "subject";
inline constexpr std::string_view time = "time";
inline constexpr std::string_view expiry = "expirytime";
inline constexpr std::string_view content_type = "datacontenttype";
inline constexpr std::string_view data_reference = "dataref";
inline constexpr std::string_view causation = "causationid";
inline constexpr std::string_view conversation = "conversationid";
inline constexpr std::string_view traceparent = "traceparent";
inline constexpr std::string_view tracestate = "tracestate";
inline constexpr std::string_view attempt = "attempt";
inline constexpr std::string_view saga = "sagaid";
inline constexpr std::string_view saga_step = "sagastep";
inline constexpr std::string_view saga_epoch = "sagaepoch";

inline constexpr std::array reserved{spec_version, id,          type,         source,         subject,
                                     time,         expiry,      content_type, data_reference, causation,
                                     conversation, traceparent, tracestate,   attempt,        saga,
                                     saga_step,    saga_epoch};

inline bool is_reserved(std::string_view name) { return std::ranges::find(reserved, name) != reserved.end(); }

inline bool has_prefix(std::string_view name) {
  return name.starts_with(prefix) || name.starts_with(other_prefix);
}

// What the broker or our own publisher adds on the way; it belongs to the delivery, not to the message.
inline bool is_of_the_transport(std::string_view name) {
  return name == "x-death" || name == "x-delivery-count" || name.starts_with("x-first-death-") ||
         name.starts_with("x-last-death-") || name.starts_with("x-waybill-");
}

// What a retry or a dead letter says of the attempts before it.
inline bool is_of_a_failure(std::string_view name) { return name.starts_with("waybill-"); }

}  // namespace waybill::message::wire_name
