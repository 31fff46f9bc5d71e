#include "api/problems.hpp"

namespace shop::order {

using waybill::http::Problem;

Problem no_such_order() {
  return {.status = 404,
          .name = "order-unknown",
          .title = "There is no such order",
          .detail = "This client has placed no order of that id."};
}

Problem too_late() {
  return {.status = 409,
          .name = "order-too-late",
          .title = "The order cannot be cancelled any more",
          .detail = "It is paid and final, or will be in a moment; or an operator has stopped it."};
}

Problem not_now() {
  return {.status = 503,
          .name = "order-not-now",
          .title = "The order cannot be cancelled here at the moment",
          .detail = "A newer version of the service is at it while that is rolled out; try again."};
}

Problem unwanted_body() {
  return {.status = 422,
          .name = "body-invalid",
          .title = "The body is not what this takes",
          .detail = "A cancellation takes no body.",
          .errors = {{.pointer = "#", .detail = "is not empty"}}};
}

}  // namespace shop::order
