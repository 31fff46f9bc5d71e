import unittest
from collections import Counter

from waybill_shop import catalogue, mix


class Mixes(unittest.TestCase):
    def test_the_same_seed_makes_the_same_and_another_one_another(self):
        self.assertEqual(mix.make(200, 7), mix.make(200, 7))
        self.assertNotEqual(mix.make(200, 7), mix.make(200, 8))

    def test_has_as_many_as_are_wanted_and_each_kind_from_25_on(self):
        for orders in (1, 3, 24, 25, 100, 1000):
            wishes = mix.make(orders, 1).wishes
            self.assertEqual(list(range(1, orders + 1)), [wish.number for wish in wishes])
            if orders >= mix.LEAST_FOR_EACH_KIND:
                self.assertEqual({*mix.SHARES, "buys"}, {wish.kind for wish in wishes})

    # Otherwise an order that should be paid would be refused, and nothing would tell why.
    def test_brings_enough_of_everything_but_the_rare_in(self):
        made = mix.make(500, 3)
        wanted = Counter()
        for wish in made.wishes:
            for sku, quantity in wish.lines:
                wanted[sku] += quantity
        stock = made.stock()
        self.assertEqual({product.sku for product in catalogue.ALL}, set(stock))
        for sku, pieces in stock.items():
            enough = pieces >= wanted[sku]
            self.assertEqual(sku != catalogue.RARE.sku, enough, f"{pieces} of {sku}, {wanted[sku]} wanted")
        self.assertNotIn(catalogue.UNKNOWN_SKU, stock)
        self.assertGreater(stock[catalogue.RARE.sku], 0)

    def test_each_sku_is_once_in_an_order(self):
        for wish in mix.make(500, 2).wishes:
            skus = [sku for sku, _ in wish.lines]
            self.assertEqual(len(set(skus)), len(skus), wish)

    def test_whether_a_slow_payment_comes_decides_how_its_order_ends(self):
        def ends_of(kind, **options):
            return {wish.ends for wish in mix.make(100, 1, **options).wishes if wish.kind == kind}
        self.assertEqual({frozenset({"timed_out"})}, ends_of("slow", slow_pays=False))
        self.assertEqual({frozenset({"confirmed"})}, ends_of("slow", slow_pays=True))
        self.assertEqual({frozenset({"confirmed", "timed_out"})}, ends_of("slow"))
        self.assertEqual({frozenset({"confirmed"})}, ends_of("buys"))

    def test_in_a_disturbed_shop_any_order_may_run_out_of_time(self):
        for wish in mix.make(100, 1, slow_pays=True, is_disturbed=True).wishes:
            self.assertIn("timed_out", wish.ends)

    def test_is_sent_as_the_service_takes_it(self):
        wish = mix.make(1, 1).wishes[0]
        self.assertEqual({"customer_id", "contact", "lines", "payment_token"}, set(wish.as_json()))
        self.assertEqual([{"sku": sku, "quantity": quantity} for sku, quantity in wish.lines],
                         wish.as_json()["lines"])


if __name__ == "__main__":
    unittest.main()
