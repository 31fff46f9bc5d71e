"""Runs clang-tidy over translation units, one a processor at a time, and remembers what did not change."""

import hashlib
import json
import os
import re
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from waybill_check.compilation import run_tool
from waybill_check.finding import CannotCheck

TOOL = "clang-tidy-16"
KEPT_DAYS = 30
_SIZE = "readability-function-size"
_COMPLAINT = re.compile(r"^(/.+?):(\d+):\d+: (warning|error|note): (.*?)(?: \[([\w.,-]+)\])?$")
_LINES = re.compile(r"^(\d+) lines including whitespace and comments")


def run(tree, database, units):
    """(path, line, check, message) of each complaint."""
    remembered = _Remembered(tree, database.folder / "cache")
    complaints, pending = set(), []
    for unit in units:
        known = remembered.find(unit)
        if known is None:
            pending.append(unit)
        else:
            complaints.update(map(tuple, known))

    def analyse(unit):
        found = _analyse(tree, database, unit)
        remembered.keep(unit, found)
        return found

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for number, found in enumerate(pool.map(analyse, pending), start=1):
            complaints.update(found)
            if sys.stderr.isatty():
                end = "\n" if number == len(pending) else ""
                print(f"\rtidy: {number}/{len(pending)}", end=end, file=sys.stderr, flush=True)
    remembered.forget_old()
    return sorted(complaints)


def _analyse(tree, database, unit):
    literal_root = re.sub(r"([.^$*+?()\[\]{}|\\])", r"\\\1", str(tree.root))
    # --system-headers, because a test's head is written by GoogleTest's macro, which is a system header's. It
    # finds .clang-tidy by itself: told by option, it would hold the system's headers to our naming, too.
    result = run_tool([TOOL, "--quiet", "-p", database.folder, "--system-headers",
                       f"--header-filter=^{literal_root}/(libs|services|tests)/", unit.file], cwd=tree.root)
    found = list(_parse(tree, unit, result.stdout))
    if result.returncode < 0 or (result.returncode != 0 and "[" not in result.stdout):
        why = (result.stderr.strip() or result.stdout.strip())[-2000:]
        raise CannotCheck(f"{TOOL} ended with {result.returncode} on {unit.path}: {why}")
    return found


def _parse(tree, unit, output):
    matches = [match for match in map(_COMPLAINT.match, output.splitlines()) if match]
    while matches:
        path, number, _, message, name = matches.pop(0).groups()
        check = (name or "").split(",")[0]
        notes = []
        while matches and matches[0].group(3) == "note":
            notes.append(matches.pop(0))
        path, number, message = _located(tree, unit, path, int(number), message)
        if check == _SIZE:
            yield path, number, check, _size(tree, path, number, message, notes)
        elif not any(_is_foreign_macro(tree, note) for note in notes):
            yield path, number, check, message


def _located(tree, unit, path, number, message):
    root = f"{tree.root}{os.sep}"
    relative = os.path.normpath(path)[len(root):] if path.startswith(root) else path
    if relative in tree.by_path:
        return relative, number, message
    return unit.path, 1, f"{path}:{number}: {message}"


def _size(tree, path, number, message, notes):
    """The complaint about a function in lines; the tool counts the line breaks from brace to brace."""
    counts = [int(match.group(1)) for match in (_LINES.match(note.group(4)) for note in notes) if match]
    name = message.partition(" exceeds ")[0]
    if "TestBody" in name:
        name = f"'{tree.by_path[path].lines[number - 1].strip(' {')}'"
    return f"{name} has {counts[0] + 1} lines, it must be under 70" if counts else message


def _is_foreign_macro(tree, note):
    inside = note.group(1).startswith(f"{tree.root}{os.sep}")
    return not inside and note.group(4).startswith("expanded from macro")


class _Remembered:
    """Complaints by all they depend on: tool, checks, command, and the content of every file of the unit."""

    def __init__(self, tree, folder):
        self._tree = tree
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._digests = {}
        tool = shutil.which(TOOL)
        if tool is None:
            raise CannotCheck(f"{TOOL} is not installed: run scripts/setup")
        checks = tree.by_path.get(".clang-tidy")
        if checks is None:
            raise CannotCheck("there is no .clang-tidy, so nobody knows what to look for")
        # This file too: what is kept is what it made of the tool's output.
        settings = hashlib.sha256(checks.bytes + Path(__file__).read_bytes()).hexdigest()
        self._always = [self._digest(os.path.realpath(tool)), settings]

    def find(self, unit):
        place = self._place(unit)
        if place is None or not place.exists():
            return None
        os.utime(place)
        return json.loads(place.read_text())

    def keep(self, unit, complaints):
        place = self._place(unit)
        if place is not None:
            written = place.with_suffix(f".{os.getpid()}.new")
            written.write_text(json.dumps(complaints))
            written.replace(place)

    def forget_old(self):
        for place in self._folder.iterdir():
            if place.stat().st_mtime < time.time() - KEPT_DAYS * 86_400:
                place.unlink(missing_ok=True)

    def _place(self, unit):
        if not unit.dependencies:
            return None
        files = (f"{name} {self._digest(name)}" for name in sorted(unit.dependencies))
        everything = "\n".join((*self._always, unit.command, *files))
        return self._folder / f"{hashlib.sha256(everything.encode()).hexdigest()}.json"

    def _digest(self, path):
        if path not in self._digests:
            if path in self._tree.by_path:
                self._digests[path] = hashlib.sha256(self._tree.by_path[path].bytes).hexdigest()
            else:
                # A header of the system is known by its size and time: reading them all costs too much.
                status = os.stat(self._tree.root / path)
                self._digests[path] = f"{status.st_size} {status.st_mtime_ns}"
        return self._digests[path]
