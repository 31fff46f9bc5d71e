"""What the stack needs to know of a server to start it, wait for it, and end it."""

import os
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path

from . import processes
from .failure import Failure
from .state import State

_LOG_LIMIT_BYTES = 10 * 1024 * 1024


class Server(ABC):
    """One process with its children. `name` is what the marks and the ports in the state go by."""

    name: str
    kind: str  # "postgres" or "rabbitmq", as on the command line
    port_names: list[str]  # by which the state knows its ports; the first is what clients use

    def __init__(self, state: State):
        self.state = state

    @property
    @abstractmethod
    def home(self) -> Path: ...

    @property
    @abstractmethod
    def log_files(self) -> list[Path]:
        """The one worth reading first comes first."""

    @property
    @abstractmethod
    def address(self) -> str: ...

    @abstractmethod
    def version(self) -> str: ...

    @abstractmethod
    def prepare(self) -> None:
        """Makes data and configuration; run with the ports settled, before every start."""

    @abstractmethod
    def spawn(self) -> subprocess.Popen: ...

    @abstractmethod
    def is_ready(self, pid: int) -> bool: ...

    @abstractmethod
    def ask_to_stop(self, family: list[processes.Process]) -> None: ...

    def settle(self) -> None:
        """Waits until a kill would lose nothing that the server has promised to keep, where that takes
        time."""

    def passing_cause(self) -> str:
        """Why the server, which ended while it was starting, may well start the next time; empty when
        nothing speaks for that."""
        return ""

    def family(self) -> list[processes.Process]:
        return [process for process in processes.of(self.state.directory) if process.server == self.name]

    def process(self) -> processes.Process | None:
        return processes.main_of(self.family())

    def port(self, name: str) -> int:
        return self.state.ports.get(name, 0)

    def _launch(self, command: list[str], server: str, log: Path,
                environment: dict[str, str] | None = None) -> subprocess.Popen:
        """Starts a process that outlives this one, marked, in a session of its own so that the
        terminal's signals do not reach it, and with nothing inherited that could turn it to another
        server's files."""
        if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
            log.replace(log.with_suffix(".log.old"))
        clean = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(self.home)}
        clean |= (environment or {}) | processes.mark(self.state.directory, server)
        with log.open("ab") as output:
            return subprocess.Popen(command, cwd=self.home, stdin=subprocess.DEVNULL, stdout=output,
                                    stderr=subprocess.STDOUT, start_new_session=True, env=clean)


def program(path: str) -> str:
    if not os.access(path, os.X_OK):
        raise Failure(f"{path} is missing: run scripts/setup")
    return path


def tail(file: Path, lines: int) -> list[str]:
    try:
        return file.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    except OSError:
        return []
