"""Erlang's epmd, by which the nodes of a cluster find each other."""

import secrets
import subprocess
from pathlib import Path
from signal import Signals

from . import ports, processes
from .server import Server, program
from .state import State

# Nodes are named …@localhost, and not every container can look that up.
_NAMES = '{host, {127,0,0,1}, ["localhost"]}.\n{lookup, [file, native]}.\n'


class PortMapper(Server):
    """On a port of its own, so that the nodes neither find nor disturb the machine's."""

    name = "epmd"
    kind = "rabbitmq"
    port_names = ["epmd"]

    @property
    def home(self) -> Path:
        return self.state.directory / "rabbitmq"

    @property
    def log_files(self) -> list[Path]:
        return [self.home / "epmd.log"]

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port('epmd')}"

    def version(self) -> str:
        return "-"

    def prepare(self) -> None:
        self.home.mkdir(exist_ok=True)
        (self.home / "inetrc").write_text(_NAMES, encoding="utf-8")
        cookie = self.home / ".erlang.cookie"
        if not cookie.exists():
            fresh = self.home / ".erlang.cookie.new"
            fresh.write_text(secrets.token_hex(16), encoding="utf-8")
            fresh.chmod(0o400)
            fresh.replace(cookie)

    def spawn(self) -> subprocess.Popen:
        return self._launch([program("/usr/bin/epmd")], self.name, self.log_files[0], erlang(self.state))

    def is_ready(self, pid: int) -> bool:
        return ports.answers(self.port("epmd"))

    def ask_to_stop(self, family: list[processes.Process]) -> None:
        processes.send(family, Signals.SIGTERM)


def erlang(state: State) -> dict[str, str]:
    """What makes an Erlang program use this broker's port mapper and know its cookie."""
    home = state.directory / "rabbitmq"
    return {"HOME": str(home), "ERL_INETRC": str(home / "inetrc"), "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(state.ports["epmd"])}
