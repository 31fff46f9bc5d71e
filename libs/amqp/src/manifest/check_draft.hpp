#pragma once

#include "manifest/draft.hpp"
#include "manifest/findings.hpp"

namespace waybill::amqp {

/// What does not fit together: bindings and exchanges, queues that share a consumer, what the rules stand on.
void check_draft(const ManifestDraft& draft, Findings& findings);

}  // namespace waybill::amqp
