"""Runs other programs so that an interruption ends them and not what must be done after them."""

import os
import signal
import subprocess

from waybill_bench.failure import Failure


def run(command, **options) -> subprocess.CompletedProcess:
    """Like subprocess.run, in a session of its own: a Ctrl-C is ours to pass on."""
    timeout = options.pop("timeout", None)
    try:
        process = subprocess.Popen(list(map(str, command)), start_new_session=True, text=True,
                                   errors="replace",
                                   stdin=subprocess.DEVNULL, **options)
    except OSError as error:
        raise Failure(f"{command[0]} cannot be run: {error.strerror}") from None
    try:
        out, err = process.communicate(timeout=timeout)
    except BaseException:
        _end(process)
        raise
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def _end(process):
    """First kindly, so that it can clear up, then not."""
    for sent in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(process.pid, sent)
        except ProcessLookupError:
            pass
        try:
            process.communicate(timeout=20)
            return
        except subprocess.TimeoutExpired:
            continue


def how_it_ended(status: int) -> str:
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"
