"""What tests of the whole shop share: its services on the run's servers, and what must add up at the end."""

import os
import shutil
import tempfile
import time
import unittest
import uuid
from pathlib import Path

from waybill_shop import books, ends, mix, report, stocking
from waybill_shop.customers import Customers
from waybill_shop.servers import Servers
from waybill_shop.suite import Suite
from waybill_shop.sums import Expected

BUILD = Path(os.environ["WAYBILL_BUILD_DIR"])
SHORT = {"order": {"WAYBILL_SAGA_RESERVE_WITHIN": "5s", "WAYBILL_SAGA_PAY_WITHIN": "5s",
                   "WAYBILL_SAGA_CONFIRM_RESENT_EVERY": "1s"},
         "payment": {"WAYBILL_PAYMENT_SLOW_AFTER": "1s"}}


def eventually(condition, seconds: float = 30.0, every: float = 0.1) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


class ShopTest(unittest.TestCase):
    """Each test has services, databases and a virtual host of its own."""

    SETTINGS = SHORT

    def setUp(self):
        self.directory = Path(tempfile.mkdtemp(prefix="waybill-shop-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.name = name = f"shop_{uuid.uuid4().hex[:8]}"
        self.servers = Servers.of(os.environ)
        self.suite = Suite(BUILD, self.directory / "shop", self.servers, name, self.SETTINGS)
        self.addCleanup(self.suite.remove)
        self.suite.start()
        self.shop = self.suite.shop(patience=120.0)
        self.addCleanup(self.shop.close)
        self.run_name = uuid.uuid4().hex

    def fill(self, wanted: mix.Mix) -> None:
        self.pieces = stocking.fill(self.shop, wanted.stock(), self.run_name)

    def customers_of(self, wanted: mix.Mix, threads: int = 16) -> Customers:
        return Customers(self.shop, wanted.wishes, self.run_name, threads=threads)

    def assert_adds_up(self, wishes, within: float = 180.0):
        """Every order has ended, and orders, stock, money, analytics and notifications agree on it."""
        ends.wait_until_over(self.shop, within)
        expected = Expected({id: wish.ends for id, wish in wishes.items()}, self.pieces)
        found, checks = ends.settle(self.shop, expected, within)
        print(report.ends_by_kind(wishes, found.orders))
        print(report.checks(checks), flush=True)
        self.assertEqual([], [f"{check.name}: {check.figures}" for check in checks if not check.is_met])
        return found

    def timeline(self, id: str) -> list[dict]:
        return self.shop.order.read(f"/api/v1/orders/{id}/timeline")["items"]

    def status(self, id: str) -> str:
        return books.order_of(self.shop.order.read(f"/api/v1/orders/{id}")).end
