"""Waits until orders have ended, and until what they caused everywhere adds up."""

import time
from dataclasses import dataclass
from typing import Callable

from . import books, sums
from .books import Books, Order
from .failure import Failure
from .shop import Shop
from .sums import Check, Expected

LOOK_EVERY = 0.3


def wait_until_over(shop: Shop, within: float) -> None:
    deadline = time.monotonic() + within
    # An order that turns from one to the other between the two looks is seen by the second.
    while still_open := books.orders(shop, status="placed") + books.orders(shop, status="cancelling"):
        if time.monotonic() > deadline:
            raise overdue(shop, still_open, within)
        time.sleep(LOOK_EVERY)


def overdue(shop: Shop, still_open: list[Order], within: float) -> Failure:
    first = still_open[-1]
    timeline = shop.order.read(f"/api/v1/orders/{first.id}/timeline")["items"]
    last = timeline[-1]["what"] if timeline else "nothing"
    return Failure(f"{len(still_open)} orders have not ended in {within:g} s; the first, {first.id}, is "
                   f"{first.status}, and what last happened to it is: {last}")


@dataclass(frozen=True)
class _Group:
    reads: dict[str, Callable[[Shop], object]]  # attributes of Books
    judge: Callable[[Expected, Books], list[Check]]


_GROUPS = (_Group({"orders": books.orders}, sums.of_orders),
           _Group({"stock": books.stock}, sums.of_stock),
           _Group({"payments": books.payments, "ledger": books.ledger}, sums.of_money),
           _Group({"summary": books.summary}, sums.of_analytics),
           _Group({"notices": books.notices}, sums.of_notices))


def settle(shop: Shop, expected: Expected, within: float) -> tuple[Books, list[Check]]:
    """The figures and what they add up to. Events take their time to reach everybody: what is not met is read
    again until it is, or until time is over."""
    deadline = time.monotonic() + within
    found = Books()
    judged: list[list[Check]] = [[] for _ in _GROUPS]
    pending = list(range(len(_GROUPS)))
    while True:
        for number in pending:
            for name, read in _GROUPS[number].reads.items():
                setattr(found, name, read(shop))
            judged[number] = _GROUPS[number].judge(expected, found)
        pending = [number for number in pending if not all(check.is_met for check in judged[number])]
        if not pending or time.monotonic() > deadline:
            return found, [check for checks in judged for check in checks]
        time.sleep(LOOK_EVERY)
