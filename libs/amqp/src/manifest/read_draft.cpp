#include "manifest/read_draft.hpp"

#include "manifest/names.hpp"
#include "manifest/object_reader.hpp"
#include "waybill/runtime/near_miss.hpp"
#include "waybill/runtime/printable.hpp"

namespace waybill::amqp {
namespace {

using JsonKind = LocatedJson::Kind;
using NameList = std::vector<std::string>;
using NameRule = std::optional<std::string> (*)(std::string_view);

const NameList exchange_types{"direct", "fanout", "topic"};

std::string in_quotes(std::string_view text) { return "'" + runtime::printable(text) + "'"; }

/// A text that has to be a name by the rule; empty when it is not there or is another thing.
std::string name_at(const ObjectReader& object, std::string_view member, const LocatedJson* value,
                    NameRule rule) {
  if (value == nullptr) return {};
  if (const auto flaw = rule(value->text)) {
    object.add(value->line,
               "has " + in_quotes(value->text) + " as its '" + std::string(member) + "', which " + *flaw);
  }
  return value->text;
}

std::string required_name(const ObjectReader& object, std::string_view member) {
  return name_at(object, member, object.must(member, JsonKind::text), flaw_of_name);
}

std::string type_of(const ObjectReader& exchange) {
  const auto* const type = exchange.must("type", JsonKind::text);
  if (type == nullptr) return {};
  for (const auto& known : exchange_types) {
    if (type->text == known) return known;
  }
  const auto meant = runtime::near_miss(type->text, exchange_types);
  exchange.add(type->line, "is of the type " + in_quotes(type->text) + ", which is not for a manifest; " +
                               (meant ? "did you mean " + *meant + "?" : "write direct, fanout or topic"));
  return {};
}

ManifestDraft::Exchange exchange_of(const LocatedJson::Member& member, Findings& findings) {
  const ObjectReader object(member.value, "exchange " + in_quotes(member.name), {"type"}, findings);
  if (const auto flaw = flaw_of_exchange_name(member.name)) object.add(member.line, *flaw);
  return {member.name, member.line, type_of(object)};
}

Ordering order_of(const ObjectReader& queue) {
  const auto* const order = queue.may("order", JsonKind::text);
  if (order == nullptr || order->text == "none") return Ordering::none;
  if (order->text == "key") return Ordering::by_key;
  queue.add(order->line, "has " + in_quotes(order->text) + " as its 'order'; write none or key");
  return Ordering::none;
}

ManifestDraft::Bound bound_of(const LocatedJson& value, const std::string& queue, Findings& findings) {
  const ObjectReader object(value, "a binding of " + queue, {"exchange", "key"}, findings);
  ManifestDraft::Bound bound;
  bound.line = value.line;
  bound.exchange = required_name(object, "exchange");
  if (const auto* const key = object.may("key", JsonKind::text)) bound.key = key->text;
  return bound;
}

ManifestDraft::Queue queue_of(const LocatedJson::Member& member, Findings& findings) {
  const ObjectReader object(member.value, "queue " + in_quotes(member.name),
                            {"bindings", "consumer", "order", "service"}, findings);
  if (const auto flaw = flaw_of_queue_name(member.name)) object.add(member.line, *flaw);
  ManifestDraft::Queue queue;
  queue.name = member.name;
  queue.line = member.line;
  queue.service = required_name(object, "service");
  queue.order = order_of(object);
  const auto* const consumer = object.may("consumer", JsonKind::text);
  queue.consumer = consumer == nullptr ? member.name : name_at(object, "consumer", consumer, flaw_of_name);
  const auto* const bindings = object.must("bindings", JsonKind::list);
  if (bindings == nullptr) return queue;
  if (bindings->items.empty()) {
    object.add(bindings->line, "is bound to nothing, so nothing would be published into it; add a binding");
  }
  for (const auto& item : bindings->items) {
    queue.bindings.push_back(bound_of(item, object.called(), findings));
  }
  return queue;
}

}  // namespace

ManifestDraft read_draft(const LocatedJson& file, Findings& findings) {
  const ObjectReader object(file, "the manifest", {"exchanges", "queues"}, findings);
  ManifestDraft draft;
  if (const auto* const exchanges = object.must("exchanges", JsonKind::object)) {
    draft.exchanges_line = exchanges->line;
    for (const auto& member : exchanges->members) draft.exchanges.push_back(exchange_of(member, findings));
  }
  if (const auto* const queues = object.must("queues", JsonKind::object)) {
    for (const auto& member : queues->members) draft.queues.push_back(queue_of(member, findings));
  }
  return draft;
}

}  // namespace waybill::amqp
