"""The servers of one state directory together: all up, all down, one of them disturbed."""

import threading
from pathlib import Path
from signal import Signals
from typing import Callable, Iterable

from . import guard, launch, processes, state as states
from .failure import Failure
from .port_mapper import PortMapper
from .postgres import Postgres
from .progress import say
from .rabbitmq import RabbitNode
from .server import Server
from .state import State


class Stack:
    def __init__(self, directory: Path):
        self.directory = directory
        self.state = State(directory)

    @property
    def postgres(self) -> Postgres:
        return Postgres(self.state)

    @property
    def nodes(self) -> list[RabbitNode]:
        return [RabbitNode(self.state, number) for number in range(1, self.state.nodes + 1)]

    def servers(self) -> list[Server]:
        """What the directory is for: both, as long as nothing else was asked of it."""
        kinds = self.state.servers or ["postgres", "rabbitmq"]
        return ([self.postgres] if "postgres" in kinds else []) + (self.nodes if "rabbitmq" in kinds else [])

    def pick(self, kind: str, node: int | None) -> list[Server]:
        if kind == "postgres":
            return [self.postgres]
        if node is None:
            return list(self.nodes)
        if not 1 <= node <= self.state.nodes:
            raise Failure(f"there is no node {node}: {self.directory} holds {self.state.nodes}, from 1 on")
        return [self.nodes[node - 1]]

    def configure(self, kept: Path, file: Path) -> None:
        """Keeps the file's lines where a kind of server looks for what to add to its configuration."""
        states.refuse_foreign(self.directory)
        try:
            lines = file.read_text(encoding="utf-8")
        except OSError as error:
            raise Failure(f"{file} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise Failure(f"{file} cannot be read: it is no UTF-8 text") from error
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(lines, encoding="utf-8")

    def up(self, kinds: list[str], nodes: int | None) -> None:
        states.refuse_foreign(self.directory)
        self._grow(nodes)
        self.state.servers = [kind for kind in ("postgres", "rabbitmq") if kind in kinds + self.state.servers]
        self.state.save()
        work: list[Callable[[], object]] = []
        if "postgres" in kinds:
            work.append(lambda: launch.start(self.postgres))
        if "rabbitmq" in kinds:
            work.append(lambda: self.start_nodes(self.nodes))
        together(work)

    def start_nodes(self, nodes: Iterable[RabbitNode]) -> None:
        """Members start together, because each may wait for another that has seen more. Newcomers start
        after them: one that finds nobody would found a cluster of its own."""
        launch.start(PortMapper(self.state))
        members = [node for node in nodes if node.number in self.state.joined]
        newcomers = [node for node in nodes if node.number not in self.state.joined]
        if not self.state.joined and newcomers:
            members = [newcomers.pop(0)]
        for wave in (members, newcomers):
            together([lambda node=node: launch.start(node) for node in wave])
            for node in wave:
                self._check_membership(node)
            self.state.joined = sorted({*self.state.joined, *(node.number for node in wave)})
            self.state.save()

    def _check_membership(self, node: RabbitNode) -> None:
        joined = {member.erlang_name for member in self.nodes if member.number in self.state.joined}
        others = joined - {node.erlang_name}
        if others and not others & node.sees():
            raise Failure(f"{node.name} found no other node of its cluster and runs alone: `scripts/stack "
                          f"reset`, then `up` again. What it tried is in {node.log_files[0]}")

    def down(self) -> bool:
        """Leaves no process of this directory; says whether there was any."""
        guard.dismiss(self.state)
        servers: list[Server] = [self.postgres, *self.nodes]
        before = len(processes.of(self.directory))
        together([lambda server=server: launch.stop(server) for server in servers])
        if self.state.ports:
            launch.stop(PortMapper(self.state))
        # Commands that were interrupted may have left what belongs to no server above.
        while rest := processes.of(self.directory):
            processes.send(rest, Signals.SIGKILL)
            processes.wait_gone(rest, 5.0)
            say("others", f"killed {len(rest)} left-over processes")
        return before > 0

    def reset(self) -> None:
        states.refuse_foreign(self.directory)
        self.down()
        states.delete(self.directory)
        say("data", f"deleted all of {self.directory}")

    def _grow(self, nodes: int | None) -> None:
        if nodes is None or nodes == self.state.nodes:
            return
        if nodes < self.state.nodes:
            raise Failure(f"{self.directory} holds a cluster of {self.state.nodes} nodes, which cannot "
                          f"shrink to {nodes}: run `scripts/stack reset` first, or use another --dir")
        self.state.nodes = nodes


def together(work: list[Callable[[], object]]) -> None:
    """Runs them at the same time and waits for all; then the first failure, if any, is the whole's. The
    threads do not keep an interrupted command from ending."""
    failures: list[BaseException] = []

    def run(one: Callable[[], object]) -> None:
        try:
            one()
        except BaseException as error:
            failures.append(error)  # raised again in the caller's thread, below

    threads = [threading.Thread(target=run, args=(one,), daemon=True) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
