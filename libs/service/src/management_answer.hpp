#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "waybill/outbox/binding_source.hpp"

namespace waybill::service {

/// What the management API answers to /api/queues/<vhost>; nothing for a text that is no such list.
std::optional<std::vector<outbox::BrokerView::QueueLoad>> read_queues(std::string_view json);
/// … and to /api/bindings/<vhost>. Bindings between exchanges and those of the default exchange are left out.
std::optional<std::vector<outbox::BoundQueue>> read_bindings(std::string_view json);

/// A name as a segment of a path.
std::string percent_encoded(std::string_view name);

/// The body of a request that binds a queue.
std::string binding_body(const outbox::BoundQueue& binding);

}  // namespace waybill::service
