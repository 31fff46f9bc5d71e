"""Private servers for the time of the measurements, made anew each time: old data would be measured too."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from waybill_bench import programs
from waybill_bench.failure import Failure

PLACE = "var/bench"
ADDRESSES = ("WAYBILL_POSTGRES_URL", "WAYBILL_RABBITMQ_URL", "WAYBILL_RABBITMQ_MANAGEMENT_URL")


@contextlib.contextmanager
def running(root: Path, needed):
    """The environment for the programs; afterwards the servers are gone, also after an interruption."""
    # Servers that the caller's shell knows of are somebody's, and never measured against.
    own = {name: value for name, value in os.environ.items() if name not in ADDRESSES}
    if not needed:
        yield own
        return
    stack = [root / "scripts/stack", "--dir", root / PLACE]
    only = ["--only", *needed] if len(needed) == 1 else []
    try:
        # --until: should this process be killed, the servers go with it.
        _call([*stack, "up", "--until", str(os.getpid()), *only], root, stdout=sys.stderr)
        told = json.loads(_call([*stack, "env", "--json"], root, stdout=subprocess.PIPE))
        yield {**own, **{name: value for name, value in told.items() if value is not None}}
    finally:
        with _uninterrupted():
            _call([*stack, "reset"], root, stdout=sys.stderr)


def _call(command, root, **options):
    result = programs.run(command, cwd=root, **options)
    if result.returncode != 0:
        words = " ".join(map(str, command))
        raise Failure(f"'{words}' {programs.how_it_ended(result.returncode)}: its words are above")
    return result.stdout


@contextlib.contextmanager
def _uninterrupted():
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(one, signal.SIG_IGN) for one in signals]
    try:
        yield
    finally:
        for one, handler in zip(signals, before):
            signal.signal(one, handler)
