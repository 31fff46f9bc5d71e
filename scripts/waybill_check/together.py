"""Looks at many translation units in little time.

Most of it goes into what the sources include, which is the same for all of a target. So up to two dozen of
them are included into one source and read together. Two that cannot stand in one source (both have a `struct
AsText` without a namespace, say) make the compiler complain of the later one, which is then read again
without the first.
"""

import hashlib
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from waybill_check import clang_tidy
from waybill_check.finding import CannotCheck
from waybill_check.remembered import Remembered

MOST_TOGETHER = 24


def run(tree, database, units):
    """The complaints about the units and the headers of the tree that they include."""
    remembered = Remembered(tree, database.folder / "cache")
    complaints, pending = set(), []
    for unit in units:
        known = remembered.find(unit)
        if known is None:
            pending.append(unit)
        else:
            complaints.update(known)
    progress = _Progress(len(pending))
    batches = _batches(pending)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        while batches:
            rounds = pool.map(lambda batch: _read(tree, database, batch), batches)
            batches = []
            for done, again in rounds:
                for unit, found in done:
                    remembered.keep(unit, found)
                    complaints.update(found)
                progress.add(len(done))
                batches.extend(again)
    remembered.forget_old()
    return sorted(complaints)


def _batches(units):
    """Units of the same flags; few at a time where one processor would wait for the other."""
    by_flags = {}
    for unit in units:
        by_flags.setdefault(unit.flags, []).append(unit)
    size = max(1, min(MOST_TOGETHER, len(units) // (2 * os.cpu_count())))
    return [group[at:at + size] for group in by_flags.values() for at in range(0, len(group), size)]


def _read(tree, database, batch):
    """(unit, complaints) of those that are read, and batches of those to read again."""
    if len(batch) == 1:
        return [(batch[0], _read_alone(tree, database, batch[0]))], []
    try:
        source = _joined(database, batch)
        complaints = clang_tidy.run(tree, database, source, [*batch[0].flags, "-ferror-limit=0"])
    except CannotCheck:
        return [], _halves(batch)  # which of them it breaks down on shows in the end, when each is alone
    errors = [complaint for complaint in complaints if complaint.check == clang_tidy.ERROR]
    own = {unit.path for unit in batch}
    if any(error.path not in own for error in errors):
        return [], _halves(batch)
    again = _disturbed(batch, errors)
    done = [(unit, [one for one in complaints if one.path == unit.path or one.path in unit.dependencies])
            for unit in batch if unit not in again]
    return done, [again] if again else []


def _halves(batch):
    return [batch[:len(batch) // 2], batch[len(batch) // 2:]]


def _disturbed(batch, errors):
    """Those whose reading is worth nothing; never the first, before which nothing stands."""
    wrong = {error.path for error in errors}
    # A missing file ends the compiler's reading, so that whatever comes after it has not been seen.
    fatal = {error.path for error in errors if error.message.endswith("file not found")}
    ends = min((number for number, unit in enumerate(batch) if unit.path in fatal), default=len(batch))
    return [unit for number, unit in enumerate(batch) if number > 0 and (unit.path in wrong or number > ends)]


def _read_alone(tree, database, unit):
    """Its complaints; what is wrong outside of the tree is told of the source that includes it."""
    return [one if one.path in tree.by_path else
            clang_tidy.Complaint(unit.path, 1, one.check, f"{one.path}:{one.line}: {one.message}")
            for one in clang_tidy.run(tree, database, unit.file, unit.flags)]


def _joined(database, batch):
    text = "".join(f'#include "{unit.file}"\n' for unit in batch)
    place = database.folder / "together" / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.cpp"
    place.parent.mkdir(exist_ok=True)
    place.write_text(text)
    return place


class _Progress:
    """A line that counts up, for a person who waits."""

    def __init__(self, total):
        self._total, self._done = total, 0

    def add(self, number):
        self._done += number
        if sys.stderr.isatty():
            end = "\n" if self._done == self._total else ""
            print(f"\rtidy: {self._done}/{self._total}", end=end, file=sys.stderr, flush=True)
