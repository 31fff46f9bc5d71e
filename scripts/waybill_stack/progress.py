"""Progress that a person can follow: seconds since the command began, which server, what happens."""

import sys
import threading
import time

_began = time.monotonic()
_one_line_at_a_time = threading.Lock()


def say(server: str, text: str) -> None:
    with _one_line_at_a_time:
        print(f"[{time.monotonic() - _began:5.1f} s] {server:<10} {text}", flush=True)


def warn(text: str) -> None:
    with _one_line_at_a_time:
        print(f"scripts/stack: {text}", file=sys.stderr, flush=True)
