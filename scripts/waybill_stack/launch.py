"""Starting, ending and disturbing one server, whatever it is."""

import subprocess
import threading
import time
from signal import Signals

from . import ports, processes
from .failure import Failure
from .progress import say
from .server import Server, tail

_START_S = 120.0
_STOP_S = 30.0
_ATTEMPTS = 5
_state_lock = threading.Lock()


def start(server: Server) -> bool:
    """Ready when it returns; says whether there was anything to do."""
    deadline = time.monotonic() + _START_S
    running = server.process()
    if running is not None:
        _wake(server)
        if server.is_ready(running.pid):
            say(server.name, f"is up on {server.address} (pid {running.pid})")
            return False
        say(server.name, f"is already starting (pid {running.pid}), waiting")
        if _until_ready(server, running.pid, None, deadline):
            return True
    kill(server)  # what a crash has left of it: children that hold its memory or its ports
    for _ in range(_ATTEMPTS):
        _settle_ports(server)
        server.prepare()
        child = server.spawn()
        say(server.name, f"starting on {server.address} (pid {child.pid})")
        if _until_ready(server, child.pid, child, deadline):
            return True
        kill(server)
        cause = server.passing_cause()
        if not cause and all(ports.is_free(server.port(name)) for name in server.port_names):
            break
        say(server.name, cause or "somebody else took a port at the same moment, trying others")
    raise Failure(f"{server.name} ended while starting.\n{_excerpt(server)}")


def stop(server: Server) -> bool:
    """In the server's own orderly way, and by force when that takes too long. False when nothing ran."""
    family = server.family()
    if not family:
        return False
    main = processes.main_of(family)
    _wake(server)
    server.ask_to_stop(family)
    if not processes.wait_gone(family if main is None else [main], _STOP_S):
        say(server.name, f"did not stop within {_STOP_S:.0f} s, killing it")
    elif processes.wait_gone(server.family(), 2.0):
        say(server.name, "stopped" if main is None else f"stopped (pid {main.pid})")
        return True
    kill(server)
    say(server.name, "stopped by force")
    return True


def kill(server: Server) -> bool:
    """As a power cut would: the server and all its children at once. False when nothing ran."""
    found = False
    deadline = time.monotonic() + 10.0
    while family := server.family():
        found = True
        processes.send(family, Signals.SIGKILL)
        processes.wait_gone(family, 5.0)
        if time.monotonic() > deadline:
            pids = ", ".join(str(process.pid) for process in family)
            raise Failure(f"{server.name}: pid {pids} did not end after SIGKILL: is its disk hanging?")
    return found


def pause(server: Server) -> bool:
    family = server.family()
    processes.send(family, Signals.SIGSTOP)
    return bool(family)


def resume(server: Server) -> bool:
    return _wake(server)


def _wake(server: Server) -> bool:
    family = server.family()
    processes.send([process for process in family if process.stopped], Signals.SIGCONT)
    return bool(family)


def _until_ready(server: Server, pid: int, child: subprocess.Popen | None, deadline: float) -> bool:
    """False when the process ended first."""
    begun = processes.start_time(pid)
    while True:
        if child is not None:
            child.poll()  # or it would stay a zombie for as long as this command runs
        if begun is None or processes.start_time(pid) != begun:
            return False
        if server.is_ready(pid):
            say(server.name, f"ready on {server.address}")
            return True
        if time.monotonic() > deadline:
            raise Failure(f"{server.name} is not ready after {_START_S:.0f} s; it still runs (pid {pid}): "
                          f"`scripts/stack down` ends it.\n{_excerpt(server)}")
        time.sleep(0.05)


def _settle_ports(server: Server) -> None:
    with _state_lock:
        state = server.state
        for name in server.port_names:
            known = state.ports.get(name)
            if known is not None and ports.is_free(known):
                continue
            state.ports[name] = ports.choose(f"{state.directory} {name}", set(state.ports.values()))
            if known is not None:
                say(server.name, f"port {known} is in use by somebody else, moving to {state.ports[name]}")
        state.save()


def _excerpt(server: Server) -> str:
    parts = []
    for file in server.log_files:
        lines = tail(file, 15)
        if lines:
            parts.append(f"  the end of {file}:\n" + "\n".join("    " + line for line in lines))
    return "\n".join(parts) or "  It wrote nothing to its log."
