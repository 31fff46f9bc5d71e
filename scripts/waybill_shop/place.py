"""Places a mix of orders at services that run already, and sees whether all adds up."""

import argparse
import os
import signal
import sys
import time
import uuid
from dataclasses import dataclass

from . import books, ends, mix, report, stocking
from .customers import Customers
from .failure import Failure
from .live import Live
from .shop import SERVICES, Shop
from .sums import Check, Expected

KEY_VARIABLE = "SHOP_KEY"
OPEN_WITHIN, SETTLED_WITHIN = 180.0, 60.0
LONGEST_PAUSE = 2.0


@dataclass(frozen=True)
class Limits:
    """Seconds that orders may take to their end, and events to everybody behind that."""

    open: float = OPEN_WITHIN
    settled: float = SETTLED_WITHIN


def place(shop: Shop, wanted: mix.Mix, per_second: float | None = None, limits: Limits = Limits()) -> bool:
    """Shows the orders while they move, then what they came to; says whether it adds up."""
    run = uuid.uuid4().hex
    pieces = stocking.fill(shop, wanted.stock(), run)
    customers = Customers(shop, wanted.wishes, run, per_second)
    customers.begin()
    live = Live(sys.stdout, len(wanted.wishes))
    follow(shop, customers, live, limits.open)
    wishes = customers.wait()
    expected = Expected({id: wish.ends for id, wish in wishes.items()}, pieces)
    found, checks = ends.settle(shop, expected, limits.settled)
    print("\nwhat the orders came to")
    print(report.ends_by_kind(wishes, found.orders))
    return tell(checks)


def tell(checks: list[Check]) -> bool:
    print("\nwhat has to add up")
    print(report.checks(checks))
    print(f"\n{report.verdict(checks)}", flush=True)
    return all(check.is_met for check in checks)


def follow(shop: Shop, customers: Customers, live: Live, within: float) -> None:
    """Until all are placed and have ended."""
    deadline = time.monotonic() + within
    while True:
        # Asked before, so that what was placed meanwhile is waited for.
        are_done = customers.are_done
        began = time.monotonic()
        orders = books.orders(shop)
        still_open = [order for order in orders if not order.is_over]
        is_last = are_done and not still_open
        live.show(dict(customers.ids), orders, is_last)
        if is_last:
            return
        if time.monotonic() > deadline:
            if are_done:
                raise ends.overdue(shop, still_open, within)
            raise Failure(f"in {within:g} s, only {len(customers.ids)} orders were accepted")
        # Many orders take long to list, and looking should cost the services little.
        took = time.monotonic() - began
        time.sleep(max(ends.LOOK_EVERY, min(5 * took, LONGEST_PAUSE)))


def main(words) -> int:
    given = _arguments(words)
    key = given.key or os.environ.get(KEY_VARIABLE)
    try:
        if not key:
            raise Failure(f"there is no key: give it by --key, or in the environment as {KEY_VARIABLE}")
        shop = Shop.at({service: getattr(given, f"{service}_url") for service in SERVICES}, key)
        wanted = mix.make(given.orders, given.seed, given.slow_pays, given.disturbed)
        return 0 if place(shop, wanted, given.per_second, Limits(open=given.within)) else 1
    except Failure as failure:
        print(f"waybill_shop.place: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("waybill_shop.place: interrupted", file=sys.stderr)
        return 130


def _arguments(words):
    parser = argparse.ArgumentParser(
        prog="waybill_shop.place", description=__doc__,
        epilog="exit status: 0 it adds up; 1 it does not, or there was no way to tell; 2 wrong usage")
    for service in SERVICES:
        parser.add_argument(f"--{service}-url", required=True, metavar="URL",
                            help=f"where shop-{service} answers")
    parser.add_argument("--key", help="the API key, of the only client that ever places orders there "
                                      f"(default: ${KEY_VARIABLE})")
    parser.add_argument("--orders", type=positive, default=100, metavar="N", help="how many (default: 100)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="chooses the mix (default: 1)")
    parser.add_argument("--per-second", type=float, metavar="RATE", help="so many a second at most")
    parser.add_argument("--within", type=float, default=OPEN_WITHIN, metavar="SECONDS",
                        help=f"how long until all have ended (default: {OPEN_WITHIN:g})")
    parser.add_argument("--slow-pays", action=argparse.BooleanOptionalAction,
                        help="whether a slow payment comes before its order is given up (default: either)")
    parser.add_argument("--disturbed", action="store_true",
                        help="services are killed meanwhile: any order may run out of time")
    return parser.parse_args(words)


def positive(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and 1000000")
    return number


def _interrupt(*_):
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _interrupt)
    sys.exit(main(sys.argv[1:]))
