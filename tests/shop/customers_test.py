import json
import unittest

from fake_service import FakeService
from waybill_shop import mix
from waybill_shop.customers import Customers
from waybill_shop.failure import Failure
from waybill_shop.shop import SERVICES, Shop


def accepted(number):
    return 202, {"Content-Type": "application/json"}, json.dumps({"id": f"id-{number}"}).encode()


class CustomersTest(unittest.TestCase):
    def shop(self, *answers):
        self.service = FakeService(answers)
        self.addCleanup(self.service.close)
        shop = Shop.at({service: self.service.url for service in SERVICES}, "key", patience=5.0)
        self.addCleanup(shop.close)
        return shop

    def test_each_wish_is_placed_once_under_a_key_of_its_own(self):
        wishes = [wish for wish in mix.make(60, 1).wishes if wish.cancelled_after is None]
        shop = self.shop(*map(accepted, range(len(wishes))))
        customers = Customers(shop, wishes, "run")
        customers.begin()
        self.assertEqual(sorted(wish.number for wish in wishes),
                         sorted(wish.number for wish in customers.wait().values()))
        keys = [headers["Idempotency-Key"] for _, _, headers, _ in self.service.requests]
        self.assertEqual({f"run-order-{wish.number}" for wish in wishes}, set(keys))
        self.assertEqual(len(wishes), len(keys))
        self.assertTrue(customers.are_done)

    def test_what_comes_too_late_to_be_cancelled_is_no_failure(self):
        wish = next(wish for wish in mix.make(60, 1).wishes if wish.kind == "changes mind")
        refused = json.dumps({"type": "urn:waybill:problem:order-too-late"}).encode()
        shop = self.shop(accepted(1), (409, {"Content-Type": "application/problem+json"}, refused))
        customers = Customers(shop, [wish], "run")
        customers.begin()
        self.assertEqual({"id-1": wish}, customers.wait())
        self.assertEqual(["/api/v1/orders", "/api/v1/orders/id-1/cancel"],
                         [target for _, target, _, _ in self.service.requests])

    def test_a_refused_order_ends_them_all(self):
        shop = self.shop((422, {}, b"no"))
        customers = Customers(shop, mix.make(500, 1).wishes, "run", threads=2)
        customers.begin()
        with self.assertRaisesRegex(Failure, "was answered with 422: no"):
            customers.wait()
        self.assertLess(len(self.service.requests), 10)


if __name__ == "__main__":
    unittest.main()
