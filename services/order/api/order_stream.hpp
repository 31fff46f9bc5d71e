#pragma once

#include "waybill/http/router.hpp"
#include "waybill/service/service.hpp"

namespace shop::order {

/// GET /api/v1/orders/{id}/stream: each change of an order as a server-sent event, "progress" and in the end
/// "end", as soon as it is committed or a moment later, whichever process has done it. A client that comes
/// back says with Last-Event-ID what it has; one that has it all gets 204, which ends an EventSource.
void stream_orders(waybill::service::Service& service, const waybill::http::RouteOptions& options);

}  // namespace shop::order
