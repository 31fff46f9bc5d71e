"""Keeps what was found in a translation unit until something that it depends on changes."""

import hashlib
import json
import os
import shutil
import time
from dataclasses import astuple
from pathlib import Path

from waybill_check import clang_tidy
from waybill_check.finding import CannotCheck

KEPT_DAYS = 30


class Remembered:
    """Complaints by all they depend on: tool, checks, command, and the content of every file of the unit."""

    def __init__(self, tree, folder):
        self._tree = tree
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._digests = {}
        tool = shutil.which(clang_tidy.TOOL)
        if tool is None:
            raise CannotCheck(f"{clang_tidy.TOOL} is not installed: run scripts/setup")
        checks = tree.by_path.get(".clang-tidy")
        if checks is None:
            raise CannotCheck("there is no .clang-tidy, so nobody knows what to look for")
        # How the tool's words are read, too: what is kept is what became of them.
        settings = checks.bytes + Path(clang_tidy.__file__).read_bytes()
        self._always = [self._digest(os.path.realpath(tool)), hashlib.sha256(settings).hexdigest()]

    def find(self, unit):
        place = self._place(unit)
        if place is None or not place.exists():
            return None
        os.utime(place)
        return [clang_tidy.Complaint(*one) for one in json.loads(place.read_text())]

    def keep(self, unit, complaints):
        place = self._place(unit)
        if place is not None:
            written = place.with_suffix(f".{os.getpid()}.new")
            written.write_text(json.dumps([astuple(one) for one in complaints]))
            written.replace(place)

    def forget_old(self):
        for place in self._folder.iterdir():
            if place.stat().st_mtime < time.time() - KEPT_DAYS * 86_400:
                place.unlink(missing_ok=True)

    def _place(self, unit):
        if not unit.dependencies:
            return None
        files = (f"{name} {self._digest(name)}" for name in sorted(unit.dependencies))
        everything = "\n".join((*self._always, *unit.flags, *files))
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
