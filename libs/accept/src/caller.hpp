#pragma once

#include "waybill/accept/acceptor.hpp"
#include "waybill/http/request.hpp"
#include "waybill/http/response.hpp"

namespace waybill::accept {

/// A coroutine that waits in accept(), whose frame this lives in: it is there until the coroutine goes on.
struct Caller {
  const http::Request* request = nullptr;
  const Acceptor::Function* function = nullptr;
  http::Response answer{};
};

}  // namespace waybill::accept
