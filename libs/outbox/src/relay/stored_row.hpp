#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "waybill/outbox/relay_action.hpp"
#include "waybill/outbox/wire_json.hpp"
#include "waybill/postgres/types.hpp"

namespace waybill::outbox {

/// A row of outbox or outbox_blocked as a statement reads it.
struct StoredRow {
  std::int64_t id = 0;
  std::string key;
  base::Uuid message_id;
  std::string type;
  std::string exchange;
  std::string routing_key;
  postgres::Json headers;
  postgres::Bytes payload;
  bool is_cut_off = false;  ///< rows behind it were left for the next statement

  static constexpr auto columns = postgres::columns(
      &StoredRow::id, &StoredRow::key, &StoredRow::message_id, &StoredRow::type, &StoredRow::exchange,
      &StoredRow::routing_key, &StoredRow::headers, &StoredRow::payload, &StoredRow::is_cut_off);

  Row to_row(bool is_blocked) && {
    Row row{.id = id, .key = std::move(key), .is_blocked = is_blocked, .publication = {}};
    row.publication.to = {message::Exchange{std::move(exchange)},
                          message::RoutingKey{std::move(routing_key)}};
    auto& wire = row.publication.message;
    read_headers(headers.text, wire);
    if (wire.message_id.empty()) wire.message_id = message_id.to_string();
    wire.type = std::move(type);
    wire.body = std::move(payload.data);
    return row;
  }
};

}  // namespace waybill::outbox
