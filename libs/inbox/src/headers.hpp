#pragma once

#include <string_view>

// What stands in the headers of retries and dead letters. A handler sees none of them.

namespace waybill::inbox::header {

inline constexpr std::string_view prefix = "waybill-";
inline constexpr std::string_view attempt = "attempt";

inline constexpr std::string_view exchange = "waybill-exchange";
inline constexpr std::string_view routing_key = "waybill-routing-key";

inline constexpr std::string_view reason = "waybill-reason";
inline constexpr std::string_view error = "waybill-error";
inline constexpr std::string_view handler = "waybill-handler";
inline constexpr std::string_view attempts = "waybill-attempts";
inline constexpr std::string_view first_failed_at = "waybill-first-failed-at";
inline constexpr std::string_view failed_at = "waybill-failed-at";
inline constexpr std::string_view service = "waybill-service";
inline constexpr std::string_view host = "waybill-host";
inline constexpr std::string_view version = "waybill-version";
inline constexpr std::string_view queue = "waybill-queue";
inline constexpr std::string_view trace_id = "waybill-trace-id";
inline constexpr std::string_view payload = "waybill-payload";
inline constexpr std::string_view message_id = "waybill-message-id";
inline constexpr std::string_view omitted = "waybill-omitted";

}  // namespace waybill::inbox::header
