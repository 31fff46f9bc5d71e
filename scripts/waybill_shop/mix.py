"""A mix of orders, chosen by a seed, each with the ends that it may come to."""

import random
from collections import Counter
from dataclasses import dataclass

from . import catalogue

CONFIRMED = "confirmed"
OUT_OF_STOCK, UNKNOWN_SKU, MIXED_CURRENCIES = "out_of_stock", "unknown_sku", "mixed_currencies"
PAYMENT_DECLINED, CUSTOMER_REQUEST, TIMED_OUT = "payment_declined", "customer_request", "timed_out"

# How many in a hundred orders are of each kind; the rest buys.
SHARES = {"rare": 12, "declined": 8, "changes mind": 6, "regrets": 4, "slow": 6, "imported": 4,
          "unknown": 2, "two currencies": 2}
LEAST_FOR_EACH_KIND = 25
LATEST_REGRET = 0.1
_REFUSED_TOKENS = ("tok_declined", "tok_insufficient_funds", "tok_fraud")


@dataclass(frozen=True)
class Wish:
    """An order that somebody is going to place."""

    number: int
    kind: str
    customer_id: str
    contact: dict[str, str]
    lines: tuple[tuple[str, int], ...]  # sku, quantity
    token: str
    ends: frozenset[str]  # "confirmed", or the reasons for which it may be cancelled
    cancelled_after: float | None = None  # seconds after it was accepted

    def as_json(self) -> dict:
        return {"customer_id": self.customer_id, "contact": self.contact,
                "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in self.lines],
                "payment_token": self.token}


@dataclass(frozen=True)
class Mix:
    wishes: tuple[Wish, ...]

    def stock(self) -> dict[str, int]:
        """So many pieces of each that only the rare one runs out, for two orders in three."""
        wanted = Counter()
        for wish in self.wishes:
            for sku, quantity in wish.lines:
                wanted[sku] += quantity
        pieces = {product.sku: wanted[product.sku] + 10 for product in catalogue.ALL}
        pieces[catalogue.RARE.sku] = max(1, wanted[catalogue.RARE.sku] // 3)
        return pieces


def make(orders: int, seed: int, slow_pays: bool | None = None, is_disturbed: bool = False) -> Mix:
    """`slow_pays`: whether a slow payment comes in time, where that is known. In a disturbed shop, whose
    services are killed, any order may run out of time."""
    chance = random.Random(seed)
    kinds = _kinds(orders)
    chance.shuffle(kinds)
    slow = {None: {CONFIRMED, TIMED_OUT}, True: {CONFIRMED}, False: {TIMED_OUT}}[slow_pays]
    more = {TIMED_OUT} if is_disturbed else set()
    return Mix(tuple(_wish(number, kind, chance, slow, more) for number, kind in enumerate(kinds, start=1)))


def _kinds(orders: int) -> list[str]:
    least = 1 if orders >= LEAST_FOR_EACH_KIND else 0
    kinds = [kind for kind, share in SHARES.items() for _ in range(max(least, orders * share // 100))]
    return kinds + ["buys"] * (orders - len(kinds))


def _wish(number: int, kind: str, chance: random.Random, slow: set[str], more: set[str]) -> Wish:
    lines, token, ends, cancelled_after = _some_of_plenty(chance), "tok_ok", {CONFIRMED}, None
    match kind:
        case "rare":
            lines, ends = ((catalogue.RARE.sku, 1),), {CONFIRMED, OUT_OF_STOCK}
        case "declined":
            token, ends = chance.choice(_REFUSED_TOKENS), {PAYMENT_DECLINED}
        case "changes mind":
            # Its payment has not come when the cancellation does, but it may run out of time before.
            token, ends, cancelled_after = "tok_slow", {CUSTOMER_REQUEST, *slow}, 0.0
        case "regrets":
            # Some of them have paid by then, and get it back.
            ends, cancelled_after = {CONFIRMED, CUSTOMER_REQUEST}, chance.uniform(0.0, LATEST_REGRET)
        case "slow":
            token, ends = "tok_slow", slow
        case "imported":
            lines = ((catalogue.IMPORTED.sku, chance.randint(1, 3)),)
        case "unknown":
            lines, ends = (*lines, (catalogue.UNKNOWN_SKU, 1)), {UNKNOWN_SKU}
        case "two currencies":
            lines, ends = (*lines, (catalogue.IMPORTED.sku, 1)), {MIXED_CURRENCIES}
    return Wish(number, kind, f"customer-{chance.randint(1, 40)}", _contact(number, chance), lines, token,
                frozenset(ends | more), cancelled_after)


def _some_of_plenty(chance: random.Random) -> tuple[tuple[str, int], ...]:
    products = chance.sample(catalogue.PLENTY, chance.randint(1, 3))
    return tuple((product.sku, chance.randint(1, 4)) for product in products)


def _contact(number: int, chance: random.Random) -> dict[str, str]:
    contact = {"email": f"order{number}@example.com"}
    if chance.random() < 0.6:
        contact["phone"] = f"+49151{number:08d}"
    if chance.random() < 0.4:
        contact["push_token"] = f"device-{number}"
    return contact
