#pragma once

#include <memory>

#include "bare_worker.hpp"

namespace waybill::bench {

/// Turns events into notifications.
std::unique_ptr<BareWorker> bare_notifications(BareService& notification);
/// Notes that they are delivered; it writes no mail.
std::unique_ptr<BareWorker> bare_emails(BareService& notification);
std::unique_ptr<BareWorker> bare_analytics(BareService& analytics);

}  // namespace waybill::bench
