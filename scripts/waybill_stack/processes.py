"""Finds and ends the processes that belong to one state directory.

No pid is ever remembered: every server is started with a mark in its environment that names the
directory and the server, its children inherit it, and the kernel shows it in /proc. So a pid that was
reused after a crash or a reboot cannot be mistaken for a server, and what an interrupted command left
behind is found all the same.
"""

import os
import select
import signal
import time
from dataclasses import dataclass
from pathlib import Path

MARK = "WAYBILL_STACK"
_PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    started: int  # clock ticks after boot: with the pid, a name that is never used twice
    state: str
    server: str
    marked: bool  # by its environment, which only a process that the stack itself started keeps for certain

    @property
    def stopped(self) -> bool:
        return self.state == "T"


def mark(directory: Path, server: str) -> dict[str, str]:
    return {MARK: f"{directory}\t{server}"}


def of(directory: Path) -> list[Process]:
    """Every live process of the directory's servers, whoever started it; only this user's can be seen."""
    found = (_read(int(entry), directory) for entry in os.listdir(_PROC) if entry.isdigit())
    return [process for process in found if process is not None]


def main_of(family: list[Process]) -> Process | None:
    """The server itself: the oldest one that the stack marked and no other of the family started."""
    pids = {process.pid for process in family}
    heads = [process for process in family if process.marked and process.parent not in pids]
    return min(heads, key=lambda process: process.started, default=None)


def send(family: list[Process], number: signal.Signals) -> None:
    for process in family:
        descriptor = _open(process)
        if descriptor is None:
            continue
        try:
            signal.pidfd_send_signal(descriptor, number)
        except ProcessLookupError:
            pass
        finally:
            os.close(descriptor)


def wait_gone(family: list[Process], seconds: float) -> bool:
    """Waits until all of them have ended; says whether they have."""
    deadline = time.monotonic() + seconds
    for process in family:
        descriptor = _open(process)
        if descriptor is None:
            continue
        try:
            readable, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            if not readable:
                return False
        finally:
            os.close(descriptor)
    return True


def start_time(pid: int) -> int | None:
    """What tells this process from a later one with the same pid; None when there is none, or only a
    zombie."""
    fields = _stat(pid)
    return None if fields is None or fields[0] in "ZX" else int(fields[19])


def _open(process: Process) -> int | None:
    """A descriptor for exactly this process: it was opened first and the identity looked at after."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except OSError:
        return None
    if start_time(process.pid) == process.started:
        return descriptor
    os.close(descriptor)
    return None


def _stat(pid: int) -> list[str] | None:
    try:
        text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return text[text.rindex(")") + 2:].split()


def _read(pid: int, directory: Path) -> Process | None:
    server = _marked_server(pid, directory)
    marked = server is not None
    if not marked and _is_postgres_child(pid, directory):
        server = "postgres"
    if server is None:
        return None
    fields = _stat(pid)
    if fields is None or fields[0] in "ZX":
        return None
    return Process(pid, int(fields[1]), int(fields[19]), fields[0], server, marked)


def _marked_server(pid: int, directory: Path) -> str | None:
    wanted = f"{MARK}={directory}\t".encode()
    try:
        environment = (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return None
    return next((entry[len(wanted):].decode() for entry in environment if entry.startswith(wanted)), None)


def _is_postgres_child(pid: int, directory: Path) -> bool:
    """PostgreSQL's children write their title over their environment, but they live in the data directory."""
    entry = _PROC / str(pid)
    try:
        program = os.path.basename(os.readlink(entry / "exe")).removesuffix(" (deleted)")
        where = Path(os.readlink(entry / "cwd"))
        return program == "postgres" and where.is_relative_to(directory / "postgres")
    except OSError:
        return False
