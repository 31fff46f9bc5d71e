"""The contracts of the .proto files, and their payloads' schemas by the JSON mapping of protobuf."""

from dataclasses import dataclass

# 64 bits are written as texts, since many readers of JSON know no such numbers.
SCALARS = {
    "TYPE_STRING": {"type": "string"},
    "TYPE_BYTES": {"type": "string", "contentEncoding": "base64"},
    "TYPE_BOOL": {"type": "boolean"},
    "TYPE_DOUBLE": {"type": "number"},
    "TYPE_FLOAT": {"type": "number"},
    "TYPE_INT32": {"type": "integer", "format": "int32"},
    "TYPE_UINT32": {"type": "integer", "minimum": 0},
    "TYPE_INT64": {"type": "string", "format": "int64"},
    "TYPE_UINT64": {"type": "string", "format": "uint64"},
}
KINDS = {"KIND_COMMAND": "command", "KIND_EVENT": "event", "KIND_REPLY": "reply", "KIND_REFUSAL": "refusal"}


@dataclass(frozen=True)
class Contract:
    name: str  # the full name
    kind: str
    service: str  # the one that the contract is of
    replies: tuple[str, ...] = ()  # to a command, by their full names


def contracts_of(descriptors):
    """The contracts by their full names; `descriptors` is a descriptor set as protobuf's JSON has it."""
    found = {}
    for file in descriptors["file"]:
        for message in file.get("messageType", []):
            options = message.get("options", {})
            kind = KINDS.get(options.get("[waybill.v1.kind]"))
            if kind:
                package = file["package"]
                name = f"{package}.{message['name']}"
                replies = (one if "." in one else f"{package}.{one}"
                           for one in options.get("[waybill.v1.replies]", []))
                found[name] = Contract(name, kind, package.split(".")[1],
                                       tuple(one.removeprefix(".") for one in replies))
    return found


def schemas_of(descriptors, names):
    """The schemas of these messages and of all that stands in them, by full name."""
    messages, enums = {}, {}
    for file in descriptors["file"]:
        package = file.get("package", "")
        messages |= {f"{package}.{message['name']}": message for message in file.get("messageType", [])}
        enums |= {f"{package}.{enum['name']}": enum for enum in file.get("enumType", [])}
    schemas = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in schemas:
            continue
        if name in enums:
            schemas[name] = {"type": "string", "enum": [value["name"] for value in enums[name]["value"]]}
            continue
        inner = {nested["name"]: nested for nested in messages[name].get("nestedType", [])}
        properties = {}
        for field in messages[name].get("field", []):
            properties[field["jsonName"]] = _property(field, name, inner, waiting)
        schemas[name] = {"type": "object", "properties": properties}
    return schemas


def _property(field, owner, inner, waiting):
    own = field.get("typeName", "").removeprefix(".")
    if own.startswith(f"{owner}."):
        entry = inner[own.removeprefix(f"{owner}.")]
        value = next(part for part in entry["field"] if part["name"] == "value")
        return {"type": "object", "additionalProperties": _property(value, owner, inner, waiting)}
    if own:
        waiting.append(own)
        one = {"$ref": f"#/components/schemas/{own}"}
    else:
        one = dict(SCALARS[field["type"]])
    return {"type": "array", "items": one} if field["label"] == "LABEL_REPEATED" else one
