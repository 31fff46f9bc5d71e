"""The orders while they move: a table that is drawn over itself on a terminal, lines elsewhere."""

import shutil
import time
from collections import Counter
from typing import TextIO

from .books import Order
from .mix import Wish
from .report import words

_WIDEST_BAR = 40
_LINE_EVERY = 1.0
_UP_AND_CLEAR = "\x1b[{}F\x1b[J"
_MARKS = (("confirmed", "█", "\x1b[32m"), ("cancelled", "▓", "\x1b[33m"), ("open", "░", "\x1b[36m"))
_PLAIN = "\x1b[0m"


class Live:
    def __init__(self, out: TextIO, wished: int):
        self._out = out
        self._wished = wished
        self._began = time.monotonic()
        self._drawn = 0
        self._last, self._told_at = "", 0.0
        self._is_terminal = out.isatty()

    def show(self, wishes: dict[str, Wish], orders: list[Order], is_last: bool = False) -> None:
        """What is known of them now. Lines are written where something has moved, one a second at most."""
        mine = [order for order in orders if order.id in wishes]
        told = self._in_words(mine)
        if self._is_terminal:
            self._draw(wishes, mine, told)
        elif told != self._last and (is_last or time.monotonic() - self._told_at >= _LINE_EVERY):
            print(f"[{time.monotonic() - self._began:5.1f} s] {told}", file=self._out, flush=True)
            self._last, self._told_at = told, time.monotonic()

    def _in_words(self, orders: list[Order]) -> str:
        counts = Counter(_state(order) for order in orders)
        reasons = Counter(order.reason for order in orders if order.status == "cancelled")
        why = ", ".join(f"{count} {words(reason or '')}" for reason, count in reasons.most_common())
        return (f"{len(orders)} of {self._wished} placed: {counts['open']} under way, "
                f"{counts['confirmed']} confirmed, {counts['cancelled']} cancelled"
                + (f" ({why})" if why else ""))

    def _draw(self, wishes: dict[str, Wish], orders: list[Order], told: str) -> None:
        by_kind: dict[str, Counter] = {}
        for order in orders:
            by_kind.setdefault(wishes[order.id].kind, Counter())[_state(order)] += 1
        most = max((counts.total() for counts in by_kind.values()), default=1)
        scale = min(1.0, _WIDEST_BAR / most)
        legend = "  ".join(f"{colour}{mark}{_PLAIN} {state}" for state, mark, colour in _MARKS)
        lines = [f"  {'order':<16}{'number':>7}  {legend}"]
        lines += [f"  {kind:<16}{counts.total():>7}  {_bar(counts, scale)}"
                  for kind, counts in sorted(by_kind.items())]
        width = shutil.get_terminal_size().columns - 1
        lines.append(f"[{time.monotonic() - self._began:5.1f} s] {told}"[:width])
        back = _UP_AND_CLEAR.format(self._drawn) if self._drawn else ""
        print(back + "\n".join(lines), file=self._out, flush=True)
        self._drawn = len(lines)


def _state(order: Order) -> str:
    return order.status if order.is_over else "open"


def _bar(counts: Counter, scale: float) -> str:
    return "".join(f"{colour}{mark * -int(-counts[state] * scale // 1)}{_PLAIN}"
                   for state, mark, colour in _MARKS if counts[state])
