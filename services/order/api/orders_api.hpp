#pragma once

#include <memory>

#include "saga/place_order.hpp"
#include "waybill/saga/engine.hpp"
#include "waybill/service/service.hpp"

namespace shop::order {

/// What clients may ask of orders, each of its own alone; another's is not there.
///
///   POST /api/v1/orders                    accepts one; what becomes of it, its saga decides
///   GET  /api/v1/orders                    lists them, the newest first
///   GET  /api/v1/orders/{id}               shows one
///   POST /api/v1/orders/{id}/cancel        has it undone, unless it is too late
///   GET  /api/v1/orders/{id}/timeline      what has happened to it, in words
///   GET  /api/v1/orders/{id}/stream        the same while it happens, until the order ends
void answer_orders(waybill::service::Service& service,
                   const std::shared_ptr<const waybill::saga::Engine>& engine,
                   const waybill::saga::Definition<PlaceOrder>& place_order);

}  // namespace shop::order
