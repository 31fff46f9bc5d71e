"""Ten thousand orders, while every service is killed again and again."""

import os
import random
import threading
import time
import unittest
from collections import Counter

from shop_test import ShopTest, eventually
from waybill_shop import books, mix

ORDERS = int(os.environ.get("WAYBILL_KILLED_ORDERS", "10000"))
SEED = int(os.environ.get("WAYBILL_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)


class Killer:
    """Kills one service after the other, none of them known to anybody before, and starts each again."""

    def __init__(self, suite, chance: random.Random):
        self.kills = Counter()
        self._suite = suite
        self._chance = chance
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()
        self._suite.revive()

    def _work(self):
        names = list(self._suite.service)
        while not self._ended.wait(self._chance.uniform(0.1, 1.0)):
            # Each in its turn, so that none is spared, and now and then two at once.
            if not names:
                names = list(self._suite.service)
            self._chance.shuffle(names)
            victims = [names.pop() for _ in range(min(len(names), self._chance.choice((1, 1, 1, 2))))]
            for name in victims:
                self._suite.service[name].kill9()
                self.kills[name] += 1
            self._ended.wait(self._chance.uniform(0.0, 1.0))
            for name in victims:
                self._suite.service[name].start()


class KilledShop(ShopTest):
    # Customers place faster than a shop sells that is killed all the time: most orders wait, and are to end
    # by what they are, not by the clock.
    SETTINGS = {"order": {"WAYBILL_SAGA_RESERVE_WITHIN": "60s", "WAYBILL_SAGA_PAY_WITHIN": "20s",
                          "WAYBILL_SAGA_CONFIRM_RESENT_EVERY": "1s"},
                "payment": {"WAYBILL_PAYMENT_SLOW_AFTER": "1s"}}

    # An order that is accepted ends, once, and stock and money are conserved, whatever dies whenever.
    def test_loses_no_order_and_does_nothing_twice(self):
        print(f"WAYBILL_SEED={SEED}", flush=True)
        chance = random.Random(SEED)
        wanted = mix.make(ORDERS, SEED, is_disturbed=True)
        self.fill(wanted)
        customers = self.customers_of(wanted)
        began = time.monotonic()
        customers.begin()
        with Killer(self.suite, chance) as killer:
            wishes = customers.wait()
            # What is under way when the last is accepted is disturbed as well.
            eventually(lambda: not books.orders(self.shop, status="placed"), 10.0, 0.5)
        kills = dict(killer.kills)
        print(f"{len(wishes)} orders accepted, {sum(kills.values())} kills: {kills}", flush=True)
        self.assertEqual(ORDERS, len(wishes))
        self.assertEqual(set(self.suite.service), set(kills), "each of them was killed")
        self.assert_adds_up(wishes)
        print(f"all over after {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
