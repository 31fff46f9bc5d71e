"""What the stack tells: a table for people, variables for programs, the servers' logs."""

import json
import shlex
import time

from . import processes
from .failure import Failure
from .server import Server, tail
from .stack import Stack

NOT_UP = 3


def condition(server: Server) -> tuple[str, int | None]:
    process = server.process()
    if process is None:
        return "down", None
    if process.stopped:
        return "paused", process.pid
    return ("up" if server.is_ready(process.pid) else "not ready"), process.pid


def status(stack: Stack) -> int:
    rows = [("server", "state", "address", "version", "pid", "data")]
    all_up = True
    for server in stack.servers():
        state, pid = condition(server)
        all_up = all_up and state == "up"
        address = server.address if server.port(server.port_names[0]) else "-"
        rows.append((server.name, state, address, server.version(), str(pid or "-"), str(server.home)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    return 0 if all_up else NOT_UP


def environment(stack: Stack, as_json: bool) -> int:
    """A variable whose server is not up is unset, so that one left over in the shell does not lead
    elsewhere."""
    running = {process.server for process in processes.of(stack.directory)}
    variables: dict[str, str | None] = {"WAYBILL_POSTGRES_URL": None, "WAYBILL_RABBITMQ_URL": None,
                                        "WAYBILL_RABBITMQ_MANAGEMENT_URL": None}
    if "postgres" in running:
        variables["WAYBILL_POSTGRES_URL"] = stack.postgres.url()
    nodes = [node for node in stack.nodes if node.name in running]
    if nodes:
        variables["WAYBILL_RABBITMQ_URL"] = nodes[0].url()
        variables["WAYBILL_RABBITMQ_MANAGEMENT_URL"] = nodes[0].management_url()
    if len(stack.nodes) > 1:
        for node in nodes:
            variables[f"WAYBILL_RABBITMQ_URL_{node.number}"] = node.url()
            variables[f"WAYBILL_RABBITMQ_MANAGEMENT_URL_{node.number}"] = node.management_url()
    known = {name: value for name, value in variables.items() if value is not None}
    if not known:
        raise Failure("no server is up: run `scripts/stack up`", NOT_UP)
    variables["WAYBILL_STACK_DIR"] = known["WAYBILL_STACK_DIR"] = str(stack.directory)
    if as_json:
        print(json.dumps(known, indent=2))
        return 0
    for name, value in variables.items():
        print(f"unset {name}" if value is None else f"export {name}={shlex.quote(value)}")
    return 0


def logs(stack: Stack, kind: str | None, lines: int, follow: bool) -> int:
    servers = [server for server in stack.servers() if kind in (None, server.kind)]
    files = [(server, file) for server in servers for file in server.log_files if file.exists()]
    if not files:
        raise Failure(f"there are no logs in {stack.directory}: run `scripts/stack up` first")
    offsets = {}
    for server, file in files:
        offsets[file] = file.stat().st_size
        print(f"==> {server.name}: {file}")
        print("".join(line + "\n" for line in tail(file, lines)), end="", flush=True)
    while follow:
        for server, file in files:
            size = file.stat().st_size if file.exists() else 0
            if size < offsets[file]:
                offsets[file] = 0  # it was rotated
            if size > offsets[file]:
                offsets[file] += _print_from(server, file, offsets[file])
        time.sleep(0.2)
    return 0


def _print_from(server: Server, file, offset: int) -> int:
    """Whole lines only; says how many bytes it printed."""
    with file.open("rb") as log:
        log.seek(offset)
        content = log.read()
    content = content[:content.rfind(b"\n") + 1]
    for line in content.decode("utf-8", errors="replace").splitlines():
        print(f"{server.name:<10} {line}", flush=True)
    return len(content)
