"""Figures for people, as a table, and for programs, as one JSON object a line."""

import json
from pathlib import Path

from waybill_bench.failure import Failure

_HEAD = ("benchmark", "metric", "unit", "ours", "floor", "ratio", "goal", "verdict", "ours min–max",
         "floor min–max")
_HEAD_OF_PARTS = ("benchmark", "where it goes", "unit", "ours", "floor")
_TO_THE_LEFT = {0, 1, 2, 7}


def table(figures, judged: bool) -> str:
    return _table([_HEAD, *(_row(figure, judged) for figure in figures)])


def table_of_parts(parts) -> str:
    return _table([_HEAD_OF_PARTS, *((part.name, part.part, part.unit, _number_or_none(part.value),
                                      _number_or_none(part.floor)) for part in parts)])


def _table(rows) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = (cell.ljust(width) if column in _TO_THE_LEFT else cell.rjust(width)
                 for column, (cell, width) in enumerate(zip(row, widths)))
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def write_json(place: Path, told) -> None:
    try:
        place.write_text("".join(json.dumps(one.as_object()) + "\n" for one in told))
    except OSError as error:
        raise Failure(f"--json {place} cannot be written: {error.strerror}") from None


def _row(figure, judged):
    goal = f"{'≥' if figure.better == 'higher' else '≤'} {figure.goal:g}"
    verdict = ("met" if figure.is_met else "MISSED") if judged else "not judged"
    return (figure.name, figure.metric, figure.unit, _number(figure.value), _number(figure.floor),
            f"{figure.ratio:.3f}", goal, verdict, _spread(figure.values), _spread(figure.floors))


def _spread(values):
    return f"{_number(min(values))}–{_number(max(values))}"


def _number_or_none(value):
    return "–" if value is None else _number(value)


def _number(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"
