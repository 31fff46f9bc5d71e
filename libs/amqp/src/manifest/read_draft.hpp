#pragma once

#include "manifest/draft.hpp"
#include "manifest/findings.hpp"
#include "manifest/located_json.hpp"

namespace waybill::amqp {

/// What the file says, as far as it can be understood; the rest is findings.
ManifestDraft read_draft(const LocatedJson& file, Findings& findings);

}  // namespace waybill::amqp
