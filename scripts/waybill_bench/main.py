"""scripts/bench: builds, measures and judges."""

import argparse
import os
import signal
import sys
from pathlib import Path

from waybill_bench import build, manifest, measure, places, report, servers
from waybill_bench.failure import Failure
from waybill_bench.figures import figures_of, parts_of

LEAST_RUNS = 5
EPILOG = """\
exit status: 0 every goal is met; 4 one is missed; 2 there are no figures (a program failed, say).
docs/benchmarks.md says how the figures are made and how a benchmark is described."""


def main(words) -> int:
    given = _arguments(words)
    for one in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, _interrupt)
    try:
        return _run(given)
    except Failure as failure:
        print(f"scripts/bench: {failure}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("scripts/bench: interrupted; there are no figures", file=sys.stderr)
        return 130


def _interrupt(*_):
    raise KeyboardInterrupt


def _arguments(words):
    parser = argparse.ArgumentParser(
        prog="scripts/bench", formatter_class=argparse.RawDescriptionHelpFormatter, epilog=EPILOG,
        description="Measures our programs against bare ones (the floor), in turn, on private servers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="benchmarks, or all; see --list")
    parser.add_argument("--runs", type=int, default=LEAST_RUNS, metavar="N",
                        help=f"runs of each program, whose median counts (default and least: {LEAST_RUNS})")
    parser.add_argument("--json", type=Path, metavar="FILE",
                        help="also write one JSON object a line for each figure")
    parser.add_argument("--quick", action="store_true",
                        help="one short run to see that it works; judges nothing")
    parser.add_argument("--list", action="store_true", help="list the benchmarks and end")
    parser.add_argument("--no-build", action="store_true",
                        help="measure the programs as they lie in build/release")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2], metavar="DIR",
                        help="another checkout than the one that scripts/bench is in")
    given = parser.parse_args(words)
    given.root = given.root.resolve()
    if not given.names and not given.list:
        parser.error("name the benchmarks to run, or all; --list tells them")
    if given.runs < LEAST_RUNS:
        parser.error(f"--runs {given.runs}: a median of fewer than {LEAST_RUNS} says little; see --quick")
    return given


def _run(given) -> int:
    known = manifest.read_all(given.root)
    if given.list:
        for benchmark in known.values():
            print(f"{benchmark.name:16} {benchmark.about}")
        return 0
    benchmarks = manifest.choose(known, given.names)
    if not given.no_build:
        build.build(given.root, benchmarks)
    build.find(given.root, benchmarks)
    figures, parts = _measure(given, benchmarks)
    print(report.table(figures, judged=not given.quick))
    if parts:
        print("\n" + report.table_of_parts(parts))
    if given.json:
        report.write_json(given.json, [*figures, *parts])
    missed = [] if given.quick else [figure for figure in figures if not figure.is_met]
    for figure in missed:
        sign = "at least" if figure.better == "higher" else "at most"
        print(f"scripts/bench: {figure.name} {figure.metric} misses its goal: "
              f"the ratio is {figure.ratio:.3f}, it has to be {sign} {figure.goal:g}", file=sys.stderr)
    return 4 if missed else 0


def _measure(given, benchmarks):
    load = os.getloadavg()[0]
    if load > 0.3:
        print(f"scripts/bench: the machine is busy (load {load:.1f}): both sides suffer alike, "
              "but look at the spread of the figures", file=sys.stderr)
    needed = sorted(set().union(*(benchmark.servers for benchmark in benchmarks)))
    figures, parts = [], []
    with servers.running(given.root, needed) as environment, places.kept() as place:
        for benchmark in benchmarks:
            runs = 1 if given.quick else given.runs
            measured = measure.measure(given.root, benchmark, runs, {**environment, **place}, given.quick)
            figures.extend(figures_of(benchmark, measured.values))
            parts.extend(parts_of(benchmark, measured.parts))
    return figures, parts
