"""What became of the orders, and whether all adds up, for people."""

from collections import Counter
from typing import Iterable

from .books import Order
from .mix import Wish
from .sums import Check

_ENDS = ("confirmed", "out_of_stock", "unknown_sku", "mixed_currencies", "payment_declined",
         "customer_request", "timed_out", "by_operator")


def words(text: str) -> str:
    return text.replace("_", " ")


def ends_by_kind(wishes: dict[str, Wish], orders: Iterable[Order]) -> str:
    """A row for each kind of order, a column for each end that one of them came to."""
    counts: dict[str, Counter] = {}
    for order in orders:
        if order.id in wishes:
            counts.setdefault(wishes[order.id].kind, Counter())[order.end] += 1
    seen = set().union(*counts.values())
    columns = [end for end in _ENDS if end in seen] + sorted(seen - set(_ENDS))
    rows = [("order", "number", *map(words, columns))]
    for kind, ends in sorted(counts.items()):
        rows.append((kind, str(ends.total()), *(_count(ends[end]) for end in columns)))
    total = sum(counts.values(), Counter())
    rows.append(("all", str(total.total()), *(_count(total[end]) for end in columns)))
    return table(rows)


def checks(found: Iterable[Check]) -> str:
    found = list(found)
    width = max(len(check.name) for check in found)
    return "\n".join(f"  {'ok  ' if check.is_met else 'FAIL'}  {check.name:<{width}}  {check.figures}"
                     for check in found)


def verdict(found: Iterable[Check]) -> str:
    missed = [check.name for check in found if not check.is_met]
    return "it adds up" if not missed else f"IT DOES NOT ADD UP: {'; '.join(missed)}"


def table(rows: list[tuple[str, ...]]) -> str:
    """The first column to the left, figures to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for first, *others in rows:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:]))]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


def _count(count: int) -> str:
    return str(count) if count else "·"
