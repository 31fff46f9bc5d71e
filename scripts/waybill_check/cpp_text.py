"""C++ text with its comments and the contents of its literals taken out, so that patterns see code only.

Both results have the length and the lines of the original: what was taken out is blanks.
"""

import re
from dataclasses import dataclass

_RAW = re.compile(r'(?:u8|u|U|L)?R"([^()\\\s]{0,16})\(')
_INCLUDE = re.compile(r"[ \t]*#[ \t]*include[ \t]*(<[^>\n]*>|\"[^\"\n]*\")")
_NUMBER = re.compile(r"\.?\d(?:[eEpP][+-]|'?[\w.])*")
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class CppText:
    code: str      # comments and literals' contents blanked; the names in #include lines are kept
    comments: str  # everything else blanked


@dataclass(frozen=True)
class Include:
    line: int
    name: str
    quoted: bool


def split(text: str) -> CppText:
    code = list(text)
    comments = [character if character == "\n" else " " for character in text]
    at = 0
    while at < len(text):
        end, kind = _token(text, at)
        if kind == "comment":
            comments[at:end] = text[at:end]
            code[at:end] = _blanked(text[at:end])
        elif kind == "literal":
            code[at + 1:end - 1] = _blanked(text[at + 1:end - 1])
        at = end
    return CppText("".join(code), "".join(comments))


def literals(text: str) -> list[tuple[int, str]]:
    """Each literal as it is written, with the line on which it begins; names in #include lines are none."""
    found = []
    at = 0
    while at < len(text):
        end, kind = _token(text, at)
        if kind == "literal":
            found.append((text.count("\n", 0, at) + 1, text[at:end]))
        at = end
    return found


def includes(code: str) -> list[Include]:
    """The #include lines of what split() calls code."""
    found = []
    for number, line in enumerate(code.split("\n"), start=1):
        match = _INCLUDE.match(line)
        if match:
            name = match.group(1)
            found.append(Include(number, name[1:-1], name[0] == '"'))
    return found


def _blanked(text: str) -> list[str]:
    return [character if character == "\n" else " " for character in text]


def _token(text: str, at: int) -> tuple[int, str]:
    """Where the token that begins at `at` ends, and whether it is a comment, a literal or code."""
    two = text[at:at + 2]
    if two == "//":
        return _end_of_line(text, at), "comment"
    if two == "/*":
        end = text.find("*/", at + 2)
        return (len(text) if end < 0 else end + 2), "comment"
    raw = _RAW.match(text, at)
    if raw:
        end = text.find(f'){raw.group(1)}"', raw.end())
        return (len(text) if end < 0 else end + len(raw.group(1)) + 2), "literal"
    if text[at] in "\"'":
        return _end_of_quoted(text, at), "literal"
    if text[at] == "#" and text[text.rfind("\n", 0, at) + 1:at].strip() == "":
        include = _INCLUDE.match(text, at)
        return (include.end() if include else at + 1), "code"
    for pattern in (_NUMBER, _WORD):
        match = pattern.match(text, at)
        if match:
            return match.end(), "code"
    return at + 1, "code"


def _end_of_line(text: str, at: int) -> int:
    while True:
        end = text.find("\n", at)
        if end < 0:
            return len(text)
        if text[end - 1] != "\\":
            return end
        at = end + 1


def _end_of_quoted(text: str, at: int) -> int:
    quote = text[at]
    at += 1
    while at < len(text) and text[at] not in (quote, "\n"):
        at += 2 if text[at] == "\\" else 1
    return min(at + 1, len(text))
