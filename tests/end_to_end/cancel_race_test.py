"""A cancellation and the saga of an order, at the same moment, a thousand times."""

import random
import threading
import time
import unittest
import uuid
from collections import Counter

from shop_test import ShopTest, eventually
from waybill_shop import mix

RACES = 1_000
THREADS = 8
CONFIRMED, CANCELLED = mix.CONFIRMED, mix.CUSTOMER_REQUEST


class Race:
    """Places orders one after the other, and cancels each at once, or at any time until its end."""

    def __init__(self, test, number: int):
        self.outcomes: dict[str, tuple[int, ...]] = {}
        self._test = test
        self._chance = random.Random(number)
        self._number = number
        self._never = threading.Event()

    def run(self, races: int):
        for race in range(races):
            key = f"{self._test.run_name}-{self._number}-{race}"
            wish = {"customer_id": "racer", "contact": {"email": "racer@example.com"},
                    "lines": [{"sku": "tea", "quantity": 1}], "payment_token": "tok_ok"}
            id = self._post("/api/v1/orders", wish, key).json["id"]
            # Among others, and beside other tests, an order may take some times as long as it did alone.
            longest = self._test.takes * self._chance.choice((1, 2, 4, 8))
            self._never.wait(self._chance.choice((0.0, self._chance.uniform(0.0, longest))))
            # Two at once, as an impatient customer does.
            answers: list[int] = []
            second = threading.Thread(target=lambda: answers.append(self._cancel(id, f"{key}-b")))
            second.start()
            answers.append(self._cancel(id, f"{key}-a"))
            second.join()
            self.outcomes[id] = tuple(answers)

    def _post(self, path, body, key):
        order = self._test.shop.order
        return order.require(order.post(path, body, key=key), f"POST {path}", 202)

    def _cancel(self, id: str, key: str) -> int:
        return self._test.shop.order.post(f"/api/v1/orders/{id}/cancel", key=key).status


class CancelRace(ShopTest):
    # None of them is to end because a step took too long.
    SETTINGS = {"order": {"WAYBILL_SAGA_CONFIRM_RESENT_EVERY": "1s"}}

    def setUp(self):
        super().setUp()
        self.shop.inventory.put("/api/v1/products/tea",
                                {"name": "Tea", "price": {"minor_units": 450, "currency": "EUR"}})
        self.shop.inventory.post("/api/v1/products/tea/restock", {"quantity": RACES})
        self.pieces = {"tea": RACES}
        self.takes = self._order_takes()

    def _order_takes(self) -> float:
        """How long an order takes here, so that cancellations come at all of its steps."""
        wish = {"customer_id": "first", "contact": {}, "lines": [{"sku": "tea", "quantity": 1}],
                "payment_token": "tok_ok"}
        took = []
        self.first = []
        for _ in range(10):
            began = time.monotonic()
            id = self.shop.order.post("/api/v1/orders", wish, key=uuid.uuid4().hex).json["id"]
            self.assertTrue(eventually(lambda: self.status(id) == CONFIRMED, every=0.002))
            took.append(time.monotonic() - began)
            self.first.append(id)
        return sorted(took)[len(took) // 2]

    # Two who decide the same thing at the same time must come to one end.
    def test_is_decided_once_at_whatever_step(self):
        races = [Race(self, number) for number in range(THREADS)]
        threads = [threading.Thread(target=race.run, args=(RACES // THREADS,)) for race in races]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        outcomes = {id: answers for race in races for id, answers in race.outcomes.items()}
        self.assertEqual(RACES, len(outcomes))
        wishes = {id: _Wish(frozenset({CONFIRMED, CANCELLED})) for id in outcomes}
        wishes |= {id: _Wish(frozenset({CONFIRMED})) for id in self.first}
        found = self.assert_adds_up(wishes)
        end = {order.id: order.end for order in found.orders}
        steps = Counter()
        for id, answers in outcomes.items():
            promised = CANCELLED if 202 in answers else CONFIRMED
            self.assertEqual(promised, end[id], f"{id} was answered {answers}")
            self.assertTrue(set(answers) <= {202, 409}, answers)
            steps[self._step_of_cancellation(id)] += 1
        print(f"cancelled at: {dict(steps)}", flush=True)
        # A race that always comes to the same end tests nothing.
        for step in ("reserve", "pay", "too late"):
            self.assertGreater(steps[step], RACES // 50, steps)

    def _step_of_cancellation(self, id: str) -> str:
        lines = self.timeline(id)
        for before, line in zip(lines, lines[1:]):
            if "wanted it cancelled" in line["what"]:
                return "too late" if "too late" in line["what"] else before["step"]
        return "after its end"


class _Wish:
    """As much of one as the sums ask for."""

    kind = "raced"

    def __init__(self, ends):
        self.ends = ends


if __name__ == "__main__":
    unittest.main(verbosity=2)
