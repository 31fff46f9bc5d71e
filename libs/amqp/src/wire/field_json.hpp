#pragma once

#include <amqp.h>

#include <string>

namespace waybill::amqp {

/// A table or array as JSON: how a nested header (a broker's x-death, say) reaches the reader of a message.
/// What is nested deeper than 32 levels becomes null.
std::string to_json(const amqp_field_value_t& field);

}  // namespace waybill::amqp
