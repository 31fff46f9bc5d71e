"""What must add up once all orders have ended: pure, on the figures of books.py.

The key's client has to be the only one that ever placed orders there, since stock, ledger and analytics are
everybody's; how often it did so before does not matter."""

from collections import Counter
from dataclasses import dataclass, field

from .books import Books, Order
from .mix import CONFIRMED

SHOWN = 3
_WITHOUT_MONEY = {"declined", "refunded", "called_off", "tombstone"}


@dataclass(frozen=True)
class Check:
    name: str
    is_met: bool
    figures: str


@dataclass(frozen=True)
class Expected:
    """What whoever placed the orders knows, without asking anybody."""

    orders: dict[str, frozenset[str]]  # the id of each accepted order, and the ends that it may come to
    pieces: dict[str, int] = field(default_factory=dict)  # of each SKU: what was there, and what came in


def of_orders(expected: Expected, books: Books) -> list[Check]:
    ends = Counter(order.end for order in books.orders)
    known = {order.id: order for order in books.orders}
    lost = [id for id in expected.orders if id not in known]
    still_open = [order.id for order in books.orders if not order.is_over]
    others = {id: known[id].end for id, may_be in expected.orders.items()
              if id in known and known[id].end not in may_be}
    cancelled = sum(1 for order in books.orders if order.status == "cancelled")
    confirmed = sum(1 for order in books.orders if order.status == CONFIRMED)
    placed = len(known)
    return [
        Check("every accepted order is there, once", not lost and placed == len(books.orders),
              f"{len(expected.orders)} accepted here, {len(books.orders)} listed"
              + _some(", missing: ", lost)),
        Check("placed = confirmed + cancelled", placed == confirmed + cancelled,
              f"{placed} = {confirmed} + {cancelled} ({_counts(ends - Counter({CONFIRMED: confirmed}))})"
              + _some(", open: ", still_open)),
        Check("each order ended as its kind may", not others,
              _some("not so: ", [f"{id} {end}" for id, end in others.items()]) or
              f"{len(expected.orders)} orders"),
    ]


def of_stock(expected: Expected, books: Books) -> list[Check]:
    sold = Counter()
    for order in _confirmed(books):
        for sku, quantity in order.lines:
            sold[sku] += quantity
    moved = [f"{sku} {books.stock[sku].pieces if sku in books.stock else 'none'} instead of {pieces}"
             for sku, pieces in expected.pieces.items()
             if sku not in books.stock or books.stock[sku].pieces != pieces]
    held = [f"{sku} {stock.reserved}" for sku, stock in books.stock.items() if stock.reserved != 0]
    wrong = [f"{sku} {_sold(books, sku)} instead of {sold[sku]}" for sku in sorted({*books.stock, *sold})
             if _sold(books, sku) != sold[sku]]
    pieces = sum(stock.pieces for stock in books.stock.values())
    return [
        Check("no piece appeared or vanished: available + reserved + sold = received", not moved,
              _some("not so: ", moved) or f"{pieces} pieces of {len(books.stock)} products"),
        Check("nothing stays reserved", not held, _some("still: ", held) or "0 pieces"),
        Check("sold = what confirmed orders hold", not wrong,
              _some("not so: ", wrong) or f"{sum(sold.values())} pieces"),
    ]


def of_money(_expected: Expected, books: Books) -> list[Check]:
    earned = _earned(books)
    unbalanced = {currency: sum for currency, sum in books.ledger.sums.items() if sum != 0}
    revenue = {currency: sum for currency, sum in books.ledger.revenue.items() if sum != 0}
    unpaid = [order.id for order in _confirmed(books) if not _is_paid_once(books, order)]
    kept = [order.id for order in books.orders if order.status == "cancelled"
            and any(one.state not in _WITHOUT_MONEY for one in books.payments.get(order.id, []))]
    strangers = sorted(set(books.payments) - {order.id for order in books.orders})
    given_back = sum(one.state == "refunded" for each in books.payments.values() for one in each)
    return [
        Check("the ledger adds up to nothing", not unbalanced,
              _sums(unbalanced or books.ledger.sums) or "it is empty"),
        Check("the revenue = the totals of confirmed orders", revenue == earned,
              _compared(revenue, earned)),
        Check("a confirmed order is paid exactly once", not unpaid,
              _some("not so: ", unpaid) or f"{sum(1 for _ in _confirmed(books))} orders"),
        Check("a cancelled order keeps nobody's money", not kept,
              _some("not so: ", kept) or f"{given_back} refunded"),
        Check("every payment belongs to an order", not strangers,
              _some("of no order: ", strangers) or f"{sum(map(len, books.payments.values()))} payments"),
    ]


def of_analytics(_expected: Expected, books: Books) -> list[Check]:
    confirmed = sum(1 for _ in _confirmed(books))
    cancelled = Counter(order.end for order in books.orders if order.status == "cancelled")
    told = books.summary
    told_cancelled = {reason: count for reason, count in told.cancelled.items() if count != 0}
    counted = (told.placed, told.open, told.confirmed, told_cancelled)
    revenue = {currency: sum for currency, sum in told.revenue.items() if sum != 0}
    earned = _earned(books)
    return [
        Check("analytics count what the orders say", counted == (len(books.orders), 0, confirmed, cancelled),
              f"{told.placed} placed, {told.open} open, {told.confirmed} confirmed, "
              f"cancelled: {_counts(told_cancelled) or 'none'}"),
        Check("analytics sum what the orders say", revenue == earned,
              _compared(revenue, earned)),
    ]


def of_notices(_expected: Expected, books: Books) -> list[Check]:
    wrong = []
    for order in books.orders:
        wanted = Counter((event, channel, "delivered") for event in ("placed", order.status)
                         for channel in order.channels)
        if books.notices.get(order.id, Counter()) != wanted:
            wrong.append(order.id)
    strangers = sorted(set(books.notices) - {order.id for order in books.orders})
    delivered = sum(each.total() for each in books.notices.values())
    return [Check("each customer heard of beginning and end, once by each channel", not wrong + strangers,
                  _some("not so: ", wrong + strangers) or f"{delivered} notifications")]


def _confirmed(books: Books):
    return (order for order in books.orders if order.status == CONFIRMED)


def _sold(books: Books, sku: str) -> int:
    return books.stock[sku].sold if sku in books.stock else 0


def _is_paid_once(books: Books, order: Order) -> bool:
    charged = [one.amount for one in books.payments.get(order.id, []) if one.state not in _WITHOUT_MONEY]
    return order.total is not None and charged == [order.total]


def _earned(books: Books) -> dict[str, int]:
    earned = Counter()
    for order in _confirmed(books):
        if order.total is not None:
            earned[order.total[1]] += order.total[0]
    return {currency: sum for currency, sum in earned.items() if sum != 0}


def _counts(counts) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in sorted(counts.items()))


def _sums(sums: dict[str, int]) -> str:
    return ", ".join(f"{minor_units / 100:,.2f} {currency}" for currency, minor_units in sorted(sums.items()))


def _compared(told: dict[str, int], earned: dict[str, int]) -> str:
    told_words, earned_words = _sums(told) or "none", _sums(earned) or "none"
    return told_words if told == earned else f"{told_words}, not {earned_words}"


def _some(prefix: str, found: list[str]) -> str:
    """The first few, and how many more there are; nothing of none."""
    if not found:
        return ""
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return prefix + "; ".join(found[:SHOWN]) + more
