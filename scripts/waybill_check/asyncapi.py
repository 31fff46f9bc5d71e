"""What an AsyncAPI document says of messages, against the topology's manifest and the contracts."""

from waybill_check.contract_schemas import schemas_of

EXCHANGES_OF_KINDS = {"commands": {"command"}, "replies": {"reply", "refusal"}}
OTHER_EXCHANGES = {"retry", "dlx"}  # whatever was sent before goes through these
HEADERS = "CloudEventsHeaders"


def compare(document, manifest, contracts, descriptors):
    """Yields (words that stand in the place's line, what is wrong)."""
    yield from _compare_channels(document, manifest)
    yield from _compare_messages(document, contracts)
    yield from _compare_schemas(document, schemas_of(descriptors, contracts))
    channels = _part(document, "channels")
    carried = {name: set(channel.get("messages", {})) for name, channel in channels.items()}
    yield from _compare_routes(document, carried, manifest, contracts)
    yield from _compare_operations(document, carried, manifest, contracts)


def _part(document, *names):
    for name in names:
        document = document.get(name) or {}
    return document


def _differences(kind, told, wanted, source):
    for name in sorted(set(wanted) - set(told)):
        yield "", f"{kind} '{name}' of {source} is missing"
    for name in sorted(set(told) - set(wanted)):
        yield f"{name}:", f"{kind} '{name}' is not in {source}"


def _compare_channels(document, manifest):
    exchanges, queues = manifest["exchanges"], manifest["queues"]
    channels = _part(document, "channels")
    yield from _differences("channel", channels, exchanges | queues, "proto/topology.json")
    for name, channel in channels.items():
        amqp = _part(channel, "bindings", "amqp")
        if channel.get("address") != name:
            yield f"{name}:", f"channel '{name}' has another address"
        if name in exchanges:
            told = amqp.get("is"), _part(amqp, "exchange").get("name"), _part(amqp, "exchange").get("type")
            wanted = "routingKey", name, exchanges[name]["type"]
        else:
            told = amqp.get("is"), _part(amqp, "queue").get("name"), _part(amqp, "queue").get("durable")
            wanted = "queue", name, True
        if told != wanted and name in exchanges | queues:
            yield f"{name}:", f"channel '{name}' is bound as {told}, and is {wanted}"


def _compare_messages(document, contracts):
    messages = _part(document, "components", "messages")
    yield from _differences("message", messages, contracts, "the contracts")
    for name, message in messages.items():
        wanted = {"name": name, "headers": {"$ref": f"#/components/schemas/{HEADERS}"},
                  "payload": {"$ref": f"#/components/schemas/{name}"}}
        for key, value in wanted.items():
            if message.get(key) != value:
                yield f"{name}:", f"message '{name}' has as its {key} {message.get(key)} instead of {value}"
        if name in contracts and {"name": contracts[name].kind} not in message.get("tags", []):
            yield f"{name}:", f"message '{name}' has no tag '{contracts[name].kind}'"


def _compare_schemas(document, wanted):
    schemas = {name: schema for name, schema in _part(document, "components", "schemas").items()
               if name != HEADERS}
    yield from _differences("schema", schemas, wanted, "the contracts")
    for name in sorted(set(schemas) & set(wanted)):
        told = _without_words(schemas[name])
        if told == wanted[name]:
            continue
        properties = told.get("properties", {}), wanted[name].get("properties", {})
        fields = [key for key in sorted(properties[0] | properties[1])
                  if properties[0].get(key) != properties[1].get(key)]
        where = ", ".join(fields) or "its type or values"
        yield f"{name}:", f"schema '{name}' is not what its contract says: {where}"


def _without_words(schema):
    plain = {key: value for key, value in schema.items() if key not in ("description", "properties")}
    if "properties" in schema:
        plain["properties"] = {
            name: {key: value for key, value in one.items() if key != "description"}
            for name, one in schema["properties"].items()}
    return plain


def _compare_routes(document, carried, manifest, contracts):
    for exchange in set(manifest["exchanges"]) & set(carried):
        if exchange in OTHER_EXCHANGES and carried[exchange]:
            yield f"{exchange}:", f"channel '{exchange}' carries whatever was sent, and names no messages"
        kinds = EXCHANGES_OF_KINDS.get(exchange, {"event"})
        for name in sorted(carried[exchange] & set(contracts)):
            if contracts[name].kind not in kinds:
                yield f"{exchange}:", f"channel '{exchange}' carries no {contracts[name].kind}: '{name}'"
    in_exchanges = set().union(*(carried.get(exchange, set()) for exchange in manifest["exchanges"]))
    in_queues = set().union(*(carried.get(queue, set()) for queue in manifest["queues"]))
    for name in sorted(contracts):
        if name not in in_exchanges:
            yield f"{name}:", f"no exchange carries '{name}'"
        # An answer goes to who asked, which may be nobody of these.
        elif name not in in_queues and contracts[name].kind in ("command", "event"):
            yield f"{name}:", f"no queue takes '{name}'"
    for queue, described in manifest["queues"].items():
        if queue not in carried:
            continue
        wanted = set()
        for binding in described["bindings"]:
            wanted |= _carried_by(binding, document, carried, contracts)
        for name in sorted(wanted - carried[queue]):
            yield f"{queue}:", f"queue '{queue}' is bound to what carries '{name}', and does not name it"
        for name in sorted(carried[queue] - wanted):
            yield f"{queue}:", f"queue '{queue}' is bound to nothing that carries '{name}'"


def _carried_by(binding, document, carried, contracts):
    sent = carried.get(binding["exchange"], set())
    if binding["exchange"] == "commands":
        return {name for name in sent if name in contracts and contracts[name].service == binding["key"]}
    if binding["exchange"] == "replies":
        asked = _named(_part(document, "operations", f"{binding['key']}.send.commands"))
        return {reply for name in asked if name in contracts for reply in contracts[name].replies}
    return sent


def _named(operation):
    return {one["$ref"].rpartition("/")[2] for one in operation.get("messages", [])}


def _compare_operations(document, carried, manifest, contracts):
    operations = _part(document, "operations")
    receiving = {f"{described['service']}.receive.{queue}": queue
                 for queue, described in manifest["queues"].items()}
    services = {described["service"] for described in manifest["queues"].values()}
    sending = {f"{service}.send.{exchange}": exchange
               for service in services for exchange in set(manifest["exchanges"]) - OTHER_EXCHANGES}
    for name in sorted(set(receiving) - set(operations)):
        yield "operations:", f"operation '{name}' is missing"
    sent = set()
    for name, operation in operations.items():
        channel = receiving.get(name) or sending.get(name)
        if channel is None:
            forms = "<service>.receive.<queue> and <service>.send.<exchange>"
            yield f"{name}:", f"operation '{name}' is none of {forms}"
            continue
        action = "receive" if name in receiving else "send"
        if (operation.get("action"), operation.get("channel")) != (action, {"$ref": f"#/channels/{channel}"}):
            yield f"{name}:", f"operation '{name}' has another action or channel than its name"
        named = _named(operation)
        service = name.split(".")[0]
        if action == "receive" and named != carried.get(channel):
            yield f"{name}:", f"operation '{name}' does not name what its queue takes"
        if action == "send":
            sent |= {(service, one) for one in named}
            for one in sorted(named & set(contracts)):
                if contracts[one].kind != "command" and contracts[one].service != service:
                    owner = contracts[one].service
                    yield f"{name}:", f"operation '{name}': '{one}' is sent by '{owner}' alone"
    for one in contracts.values():
        if one.kind != "command" and (one.service, one.name) not in sent:
            yield f"{one.name}:", f"no operation of '{one.service}' sends '{one.name}'"
