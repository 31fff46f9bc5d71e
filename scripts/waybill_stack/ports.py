"""Free loopback ports. They lie below the range that the kernel hands to outgoing connections, because
a port in that range may be in use by anybody's connection when the server comes back to it."""

import hashlib
import socket

from .failure import Failure

_LOWEST = 15000


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Connections in TIME_WAIT do not keep a server from listening; another listener does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def choose(seed: str, avoid: set[int]) -> int:
    """A free port. The seed decides where the search begins, so that two directories seldom meet."""
    highest = _first_ephemeral_port() - 1
    size = highest - _LOWEST + 1
    start = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") % size
    for step in range(size):
        port = _LOWEST + (start + step) % size
        if port not in avoid and is_free(port):
            return port
    raise Failure(f"no free TCP port between {_LOWEST} and {highest} on 127.0.0.1: stop something")


def _first_ephemeral_port() -> int:
    try:
        with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="utf-8") as file:
            first = int(file.read().split()[0])
    except (OSError, ValueError, IndexError):
        first = 32768
    return first if first > _LOWEST + 1000 else 32768
