"""Runs ours and the floor in turn, so that whatever the machine is at meanwhile hits both."""

import json
import math
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from waybill_bench import build, programs
from waybill_bench.failure import Failure

SIDES = ("ours", "floor")


@dataclass
class Measured:
    values: dict = field(default_factory=dict)  # of each (side, metric), one a run
    parts: dict = field(default_factory=dict)   # of each (side, part, unit), one a run that told of it


def measure(root: Path, benchmark, runs: int, environment: dict, quick: bool) -> Measured:
    """Who goes first changes from run to run."""
    measured = Measured({(side, metric.name): [] for side in SIDES for metric in benchmark.metrics})
    for number in range(runs):
        for side in SIDES if number % 2 == 0 else reversed(SIDES):
            reported, parts = _run(root, benchmark, side, environment, quick)
            for metric in benchmark.metrics:
                measured.values[side, metric.name].append(reported[metric.name])
            for (part, unit), value in parts.items():
                measured.parts.setdefault((side, part, unit), []).append(value)
            told = ", ".join(f"{metric.name} {reported[metric.name]:,.5g} {metric.unit}"
                             for metric in benchmark.metrics)
            print(f"{benchmark.name} {number + 1}/{runs} {side:5}  {told}", file=sys.stderr, flush=True)
    return measured


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
    reported, parts = {}, {}
    for line in filter(None, map(str.strip, output.splitlines())):
        kind, name, unit, value = _read_line(line)
        if kind == "part":
            if (name, unit) in parts:
                raise ValueError(f"told of '{name}' in {unit} twice")
            parts[name, unit] = value
            continue
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
    return reported, parts


def _read_line(line):
    try:
        told = json.loads(line)
        kind = "part" if "part" in told else "metric"
        name, unit, value = told[kind], told["unit"], told["value"]
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"printed '{line[:200]}', but it has to print one JSON object a line, with metric, "
                         "unit and value") from None
    least_is_none = kind == "part" and value == 0
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not (0 < value < math.inf or
                                                                              least_is_none):
        raise ValueError(f"reported {value} for '{name}': a value is a number above 0")
    return kind, name, unit, float(value)
