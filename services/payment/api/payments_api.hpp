#pragma once

#include "waybill/service/service.hpp"

namespace shop::payment {

/// Answers what api/openapi.yaml describes.
void serve_payments(waybill::service::Service& service);

}  // namespace shop::payment
