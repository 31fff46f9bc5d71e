"""A process that waits for another one's end and then removes the servers: tests that are killed in the
middle cannot tidy up themselves."""

import os
import select
import sys
from pathlib import Path
from signal import SIGKILL
from typing import Callable

from . import processes
from .failure import Failure
from .state import State


def post(state: State, watched: int, clean_up: Callable[[], None]) -> None:
    """Returns at once; clean_up() runs in a process of its own when `watched` has ended. One guard a
    directory."""
    dismiss(state)
    try:
        watching = os.pidfd_open(watched)
    except OSError as error:
        raise Failure(f"--until {watched}: there is no such process") from error
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.setsid()
        if (guard := os.fork()) != 0:
            os.write(writing, str(guard).encode())
            os._exit(0)
        _watch(watching, state.directory, clean_up)
    os.waitpid(child, 0)
    pid = int(os.read(reading, 20))
    for descriptor in (watching, reading, writing):
        os.close(descriptor)
    state.guard = {"pid": pid, "started": processes.start_time(pid) or 0}
    state.save()


def dismiss(state: State) -> None:
    pid, started = state.guard.get("pid"), state.guard.get("started")
    state.guard = {}
    if pid is None or pid == os.getpid():
        return
    guard = processes.Process(pid, 0, started or 0, "S", "guard", True)
    processes.send([guard], SIGKILL)
    processes.wait_gone([guard], 5.0)


def _watch(watching: int, directory: Path, clean_up: Callable[[], None]) -> None:
    os.chdir("/")
    with open(os.devnull, "r+b", buffering=0) as nothing:
        for stream in (0, 1, 2):
            os.dup2(nothing.fileno(), stream)
    os.closerange(3, watching)
    os.closerange(watching + 1, 1024)
    select.select([watching], [], [])
    try:
        if directory.exists():
            clean_up()
    finally:
        sys.stdout = sys.stderr = None
        os._exit(0)
