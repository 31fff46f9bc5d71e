"""What is remembered about one state directory between commands: which servers it holds, on which ports."""

import fcntl
import json
import os
import shutil
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from . import progress
from .failure import Failure

USER = "waybill"
PASSWORD = "waybill-dev"
DATABASE = "waybill"

_FILE = "state.json"
_LOCK = "lock"
_FORMAT = 1


class State:
    """The contents of state.json. Written whole and renamed, so that a reader never sees half of it."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.ports: dict[str, int] = {}  # "postgres", "epmd", "rabbitmq1.amqp", "rabbitmq1.management", …
        self.servers: list[str] = []  # what `up` was asked for: "postgres", "rabbitmq"
        self.nodes = 1
        self.joined: list[int] = []  # the RabbitMQ nodes that have been up as members of the cluster
        self.guard: dict[str, int] = {}  # pid and start time of the process that waits for another's end
        self._saving = threading.Lock()
        self._read()

    @property
    def exists(self) -> bool:
        return (self.directory / _FILE).exists()

    def save(self) -> None:
        content = {"format": _FORMAT, "servers": self.servers, "nodes": self.nodes, "ports": self.ports,
                   "joined": self.joined, "guard": self.guard}
        with self._saving:
            fresh = self.directory / (_FILE + ".new")
            fresh.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
            fresh.replace(self.directory / _FILE)

    def _read(self) -> None:
        file = self.directory / _FILE
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return
        except PermissionError as error:
            raise Failure(f"{file} cannot be read: {error.strerror}. Whoever ran `up` can") from error
        except ValueError as error:
            raise Failure(f"{file} is damaged ({error}): delete it, and run `down` and `up`") from error
        if content.get("format") != _FORMAT:
            raise Failure(f"{file} was written by another version of scripts/stack: use that, or delete "
                          f"{self.directory}")
        self.ports = content["ports"]
        self.servers = content["servers"]
        self.nodes = content["nodes"]
        self.joined = content["joined"]
        self.guard = content["guard"]


def refuse_foreign(directory: Path) -> None:
    """Data of something else is neither written into nor deleted."""
    entries = {entry.name for entry in directory.iterdir()} - {_LOCK}
    if entries and not entries & {_FILE, _FILE + ".new", "postgres", "rabbitmq"}:
        raise Failure(f"{directory} holds other things ({sorted(entries)[0]}, …): name an empty directory")


def delete(directory: Path) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    if directory.exists() and any(directory.iterdir()):
        raise Failure(f"{directory} could not be deleted whole: look who owns what is left")


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """One command at a time on one directory; the second waits for the first. `reset` deletes the lock
    with the rest, so whoever gets it looks whether it is still the directory's."""
    told = False
    while True:
        directory.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(directory / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            continue
        while not _try_lock(descriptor):
            if not told:
                progress.warn(f"waiting for another scripts/stack that works on {directory}")
                told = True
            time.sleep(0.05)
        if _is_still_there(descriptor, directory / _LOCK):
            break
        os.close(descriptor)
    try:
        yield
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still_there(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False
