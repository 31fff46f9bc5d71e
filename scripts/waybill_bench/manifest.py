"""Reads tests/bench/<name>/bench.json, which says what a benchmark runs and what its figures mean."""

import json
from dataclasses import dataclass
from pathlib import Path

from waybill_bench.failure import Failure

FOLDER = "tests/bench"
SERVERS = {"postgres", "rabbitmq"}
_KEYS = {"about", "executable", "servers", "timeout_s", "metrics"}
_METRIC_KEYS = {"metric", "unit", "better", "goal"}


@dataclass(frozen=True)
class Metric:
    name: str
    unit: str
    better: str  # "higher" or "lower"
    goal: float  # the least ratio of ours to the floor, or the greatest where lower is better


@dataclass(frozen=True)
class Benchmark:
    name: str
    about: str
    executable: str
    servers: frozenset
    timeout_s: float  # of one program's one run
    metrics: tuple


def read_all(root: Path) -> dict[str, Benchmark]:
    return {place.parent.name: _read(place) for place in sorted((root / FOLDER).glob("*/bench.json"))}


def choose(known: dict[str, Benchmark], names: list[str]) -> list[Benchmark]:
    if not known:
        raise Failure(f"there is no benchmark: {FOLDER}/<name>/bench.json describes one")
    unknown = [name for name in names if name not in known and name != "all"]
    if unknown:
        raise Failure(f"no benchmark is called {', '.join(unknown)}; choose of: {', '.join(known)}, all")
    return list(known.values()) if "all" in names else [known[name] for name in dict.fromkeys(names)]


def _read(place: Path) -> Benchmark:
    try:
        given = json.loads(place.read_text())
    except (OSError, ValueError) as error:
        raise Failure(f"{place}: cannot be read as JSON ({error})") from None
    try:
        _only(given, _KEYS)
        servers = frozenset(given.get("servers", ()))
        if servers - SERVERS:
            wrong = ", ".join(sorted(servers - SERVERS))
            raise ValueError(f"'servers' may name {' and '.join(sorted(SERVERS))}, not {wrong}")
        metrics = tuple(_metric(one) for one in given["metrics"])
        if not metrics or len({metric.name for metric in metrics}) != len(metrics):
            raise ValueError("metrics must be there, each once")
        return Benchmark(place.parent.name, str(given["about"]), str(given["executable"]), servers,
                         float(given.get("timeout_s", 120)), metrics)
    except KeyError as error:
        raise Failure(f"{place}: {error} is missing; docs/benchmarks.md shows the format") from None
    except (TypeError, ValueError) as error:
        raise Failure(f"{place}: {error}; docs/benchmarks.md shows the format") from None


def _metric(given: dict) -> Metric:
    _only(given, _METRIC_KEYS)
    metric = Metric(str(given["metric"]), str(given["unit"]), given["better"], float(given["goal"]))
    if metric.better not in ("higher", "lower"):
        raise ValueError(f"'better' of {metric.name} is 'higher' or 'lower', not '{metric.better}'")
    if not metric.goal > 0:
        raise ValueError(f"'goal' of {metric.name} is a ratio above 0, not {metric.goal}")
    return metric


def _only(given: dict, keys: set) -> None:
    if not isinstance(given, dict):
        raise ValueError(f"expected an object, not {given!r}")
    if set(given) - keys:
        raise ValueError(f"unknown: {', '.join(sorted(set(given) - keys))}")
