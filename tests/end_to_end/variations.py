"""A body of JSON, with one thing at a time otherwise."""

import copy

VALUES = (None, True, -1, 0, 1, 1.5, 2**40, [], {}, "", "x", "!?", "EUR", "2026-01-31T12:00:00Z", "é" * 300,
          "a@b", "a,b@c", "a@b@c", "a b@c")


def variations(body: dict):
    """Each place in it left out, of another kind, out of range; and each object with one field more."""
    for place in _places(body, ()):
        yield _changed(body, place, lambda holder, name: holder.pop(name))
        for value in VALUES:
            yield _changed(body, place, lambda holder, name, value=value: holder.__setitem__(name, value))
        if isinstance(_at(body, place), dict):
            yield _changed(body, (*place, "more"), lambda holder, name: holder.__setitem__(name, 1))
    yield {**body, "more": 1}


def _changed(body: dict, place: tuple, change) -> dict:
    varied = copy.deepcopy(body)
    change(_at(varied, place[:-1]), place[-1])
    return varied


def _at(value, place: tuple):
    for name in place:
        value = value[name]
    return value


def _places(value, place: tuple):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield (*place, name)
        yield from _places(inner, (*place, name))
