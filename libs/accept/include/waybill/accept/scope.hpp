#pragma once

#include "waybill/http/request.hpp"
#include "waybill/outbox/scope.hpp"

namespace waybill::accept {

/// The transaction in which one request is answered: what is written and sent through it is committed
/// together with the answer, or not at all.
///
/// The function that has it may be called again for the same request, as long as nothing of it was committed:
/// so what it does outside of the transaction may happen more than once. It must not keep the scope. Other
/// requests share the transaction, so it must not end it.
class Scope : public outbox::Scope {
 public:
  Scope(postgres::Tx& tx, const outbox::Sender& sender, outbox::Outgoing& outgoing,
        const http::Request& request)
      : outbox::Scope(tx, sender, outgoing), request_(request) {}
  ~Scope() = default;
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  const http::Request& request() const { return request_; }

 private:
  const http::Request& request_;
};

}  // namespace waybill::accept
