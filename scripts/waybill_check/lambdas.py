"""Finds coroutines that are lambdas with captures, in C++ code whose comments and literals are blanked."""

import re

_SPAWN = re.compile(r"\bco_spawn\s*\(")
_CAPTURES = re.compile(r"\[(?!\[)[^\[\]]*[^\[\]\s][^\[\]]*\]")
_RETURNS_AWAITABLE = re.compile(r"(?:noexcept\s*)?->\s*(?:::)?(?:\w+::)*awaitable\b")
_ENDS_A_VALUE = re.compile(r"[\w)\]]\s*$")
_ENDS_A_KEYWORD = re.compile(r"\b(?:return|co_return|co_await|co_yield)\s*$")
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def capturing_coroutines(code: str) -> set[int]:
    """Where such a lambda begins: given to co_spawn as its coroutine, or declared to return an awaitable."""
    found = set()
    for spawn in _SPAWN.finditer(code):
        begin = _second_argument(code, spawn.end())
        if begin is not None and _CAPTURES.match(code, begin):
            found.add(begin)
    for captures in _CAPTURES.finditer(code):
        before = code[max(0, captures.start() - 40):captures.start()]
        if _ENDS_A_VALUE.search(before) and not _ENDS_A_KEYWORD.search(before):
            continue  # an index, not a lambda
        if _RETURNS_AWAITABLE.match(code, _after_parameters(code, captures.end())):
            found.add(captures.start())
    return found


def _second_argument(code, at):
    while at < len(code):
        if code[at] in _CLOSING:
            at = _after_group(code, at)
        elif code[at] == ")":
            return None
        elif code[at] == ",":
            return at + 1 + len(code[at + 1:]) - len(code[at + 1:].lstrip())
        else:
            at += 1
    return None


def _after_parameters(code, at):
    at = _skip_space(code, at)
    if at < len(code) and code[at] == "(":
        at = _skip_space(code, _after_group(code, at))
    if code.startswith("mutable", at):
        at = _skip_space(code, at + len("mutable"))
    return at


def _skip_space(code, at):
    while at < len(code) and code[at].isspace():
        at += 1
    return at


def _after_group(code, at):
    closing = [_CLOSING[code[at]]]
    at += 1
    while at < len(code) and closing:
        if code[at] in _CLOSING:
            closing.append(_CLOSING[code[at]])
        elif code[at] == closing[-1]:
            closing.pop()
        at += 1
    return at
