"""Runs clang-tidy and reads what it says."""

import os
import re
from dataclasses import dataclass

from waybill_check.compilation import run_tool
from waybill_check.finding import CannotCheck

TOOL = "clang-tidy-16"
ERROR = "clang-diagnostic-error"
_SIZE = "readability-function-size"
_COMPLAINT = re.compile(r"^(/.+?):(\d+):\d+: (warning|error|note): (.*?)(?: \[([\w.,-]+)\])?$")
_LINES = re.compile(r"^(\d+) lines including whitespace and comments")


@dataclass(frozen=True, order=True)
class Complaint:
    path: str  # relative to the root; absolute where it is not of the tree
    line: int
    check: str
    message: str


def run(tree, database, file, flags):
    """What it complains about in a source and in the tree's headers that it includes."""
    root = re.sub(r"([.^$*+?()\[\]{}|\\])", r"\\\1", str(tree.root))
    # --system-headers, because a test's head is written by GoogleTest's macro, which is a system header's. It
    # finds .clang-tidy by itself: told by option, it would hold the system's headers to our naming, too.
    result = run_tool([TOOL, "--quiet", "--system-headers", f"--header-filter=^{root}/(libs|services|tests)/",
                       file, "--", *flags], cwd=database.folder)
    if result.returncode < 0 or (result.returncode != 0 and "[" not in result.stdout):
        why = (result.stderr.strip() or result.stdout.strip())[-2000:]
        raise CannotCheck(f"{TOOL} ended with {result.returncode} on {file}: {why}")
    return sorted(set(_parse(tree, result.stdout)))


def _parse(tree, output):
    matches = [match for match in map(_COMPLAINT.match, output.splitlines()) if match]
    while matches:
        path, number, _, message, names = matches.pop(0).groups()
        check = (names or "").split(",")[0]
        notes = []
        while matches and matches[0].group(3) == "note":
            notes.append(matches.pop(0))
        path = _relative(tree, path)
        if check == _SIZE:
            yield Complaint(path, int(number), check, _size(tree, path, int(number), message, notes))
        elif not any(_is_foreign_macro(tree, note) for note in notes):
            yield Complaint(path, int(number), check, message)


def _relative(tree, path):
    root = f"{tree.root}{os.sep}"
    relative = os.path.normpath(path)[len(root):] if path.startswith(root) else path
    return relative if relative in tree.by_path else path


def _size(tree, path, number, message, notes):
    """The complaint about a function in lines; the tool counts the line breaks from brace to brace."""
    counts = [int(match.group(1)) for match in (_LINES.match(note.group(4)) for note in notes) if match]
    name = message.partition(" exceeds ")[0]
    if "TestBody" in name and path in tree.by_path:
        name = f"'{tree.by_path[path].lines[number - 1].strip(' {')}'"
    return f"{name} has {counts[0] + 1} lines, it must be under 70" if counts else message


def _is_foreign_macro(tree, note):
    inside = note.group(1).startswith(f"{tree.root}{os.sep}")
    return not inside and note.group(4).startswith("expanded from macro")
