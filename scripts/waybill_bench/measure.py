"""Runs ours and the floor in turn, so that whatever the machine is at meanwhile hits both."""

import json
import math
import subprocess
import sys
from pathlib import Path

from waybill_bench import build, programs
from waybill_bench.failure import Failure

SIDES = ("ours", "floor")


def measure(root: Path, benchmark, runs: int, environment: dict, quick: bool) -> dict[tuple[str, str],
                                                                                      list[float]]:
    """The values of each (side, metric), one a run. Who goes first changes from run to run."""
    values = {(side, metric.name): [] for side in SIDES for metric in benchmark.metrics}
    for number in range(runs):
        for side in SIDES if number % 2 == 0 else reversed(SIDES):
            reported = _run(root, benchmark, side, environment, quick)
            for metric in benchmark.metrics:
                values[side, metric.name].append(reported[metric.name])
            told = ", ".join(f"{metric.name} {reported[metric.name]:,.5g} {metric.unit}"
                             for metric in benchmark.metrics)
            print(f"{benchmark.name} {number + 1}/{runs} {side:5}  {told}", file=sys.stderr, flush=True)
    return values


def _run(root, benchmark, side, environment, quick):
    program = root / build.BIN / benchmark.executable
    name = f"{benchmark.executable} {side}"
    try:
        result = programs.run([program, side, *(["--quick"] if quick else [])], cwd=root, env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=benchmark.timeout_s)
    except subprocess.TimeoutExpired:
        raise Failure(f"{name} took longer than the {benchmark.timeout_s:g} s of its bench.json") from None
    if result.returncode != 0:
        how = programs.how_it_ended(result.returncode)
        last = "\n  ".join(result.stderr.strip().splitlines()[-20:])
        raise Failure(f"{name} {how}; the end of what it said:\n  {last}")
    try:
        return _read(benchmark, result.stdout)
    except ValueError as error:
        raise Failure(f"{name} {error}") from None


def _read(benchmark, output):
    known = {metric.name: metric for metric in benchmark.metrics}
    reported = {}
    for line in filter(None, map(str.strip, output.splitlines())):
        name, unit, value = _read_line(line)
        if name not in known:
            raise ValueError(f"reported '{name}', which bench.json of {benchmark.name} does not know")
        if name in reported:
            raise ValueError(f"reported '{name}' twice")
        if unit != known[name].unit:
            raise ValueError(f"reported '{name}' in {unit}, but bench.json says {known[name].unit}")
        reported[name] = value
    missing = [name for name in known if name not in reported]
    if missing:
        raise ValueError(f"did not report {', '.join(missing)}")
    return reported


def _read_line(line):
    try:
        told = json.loads(line)
        name, unit, value = told["metric"], told["unit"], told["value"]
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"printed '{line[:200]}', but it has to print one JSON object a line, with metric, "
                         "unit and value") from None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < math.inf:
        raise ValueError(f"reported {value} for '{name}': a value is a number above 0")
    return name, unit, float(value)
