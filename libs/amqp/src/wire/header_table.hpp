#pragma once

#include <amqp.h>

#include <string_view>
#include <vector>

#include "waybill/message/wire_message.hpp"

namespace waybill::amqp {

/// An AMQP table made of headers or arguments. It points into them and into itself, and is meant to be used
/// again.
class HeaderTable {
 public:
  void clear() { entries_.clear(); }
  void add(std::string_view name, const message::HeaderValue& value);
  void add(std::string_view name, std::string_view text);
  void add(std::string_view name, std::int64_t number);
  void add(std::string_view name, bool flag);
  void add(std::string_view name, const amqp_table_t& table);
  amqp_table_t table() { return {static_cast<int>(entries_.size()), entries_.data()}; }

 private:
  amqp_field_value_t& entry(std::string_view name, amqp_field_value_kind_t kind);

  std::vector<amqp_table_entry_t> entries_;
};

/// Copies a table out of the codec's memory. Nested tables and arrays become JSON.
message::Headers to_headers(const amqp_table_t& table, std::string_view left_out);

/// The integer under a name, or `otherwise` when there is none.
std::uint64_t find_integer(const amqp_table_t& table, std::string_view name, std::uint64_t otherwise);

}  // namespace waybill::amqp
