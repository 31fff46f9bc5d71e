"""From the values of a run to its figures."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    name: str
    metric: str
    unit: str
    value: float
    floor: float
    goal: float
    better: str
    values: tuple
    floors: tuple

    @property
    def ratio(self) -> float:
        return self.value / self.floor

    @property
    def is_met(self) -> bool:
        return self.ratio >= self.goal if self.better == "higher" else self.ratio <= self.goal

    def as_object(self) -> dict:
        names = ("name", "metric", "unit", "value", "floor", "ratio", "goal", "better")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Part:
    """What a figure is made of, as its programs told; nobody judges it."""
    name: str
    part: str
    unit: str
    value: float | None  # None where that side has no such part
    floor: float | None

    def as_object(self) -> dict:
        return {name: getattr(self, name) for name in ("name", "part", "unit", "value", "floor")}


def parts_of(benchmark, parts) -> list[Part]:
    """The greatest of ours first."""
    names = dict.fromkeys((part, unit) for _, part, unit in parts)
    found = [Part(benchmark.name, part, unit,
                  *(median(parts[side, part, unit]) if (side, part, unit) in parts else None
                    for side in ("ours", "floor"))) for part, unit in names]
    return sorted(found, key=lambda part: (part.unit, -(part.value or 0), -(part.floor or 0)))


def figures_of(benchmark, values) -> list[Figure]:
    found = []
    for metric in benchmark.metrics:
        ours, floors = values["ours", metric.name], values["floor", metric.name]
        found.append(Figure(benchmark.name, metric.name, metric.unit, median(ours), median(floors),
                            metric.goal,
                            metric.better, tuple(ours), tuple(floors)))
    return found
