"""Each sum is missed when one figure is off, and by no other figure."""

import unittest
from dataclasses import replace

import figures
from waybill_shop import sums
from waybill_shop.books import Books, Ledger, Payment, Stock
from waybill_shop.sums import Expected

GROUPS = (sums.of_orders, sums.of_stock, sums.of_money, sums.of_analytics, sums.of_notices)


class SumsTest(unittest.TestCase):
    def setUp(self):
        self.books = figures.sound_books()
        self.expected = figures.expected()

    def missed(self) -> dict[str, str]:
        checks = [check for judge in GROUPS for check in judge(self.expected, self.books)]
        return {check.name: check.figures for check in checks if not check.is_met}

    def assert_missed(self, *beginnings: str) -> dict[str, str]:
        missed = self.missed()
        self.assertEqual(len(beginnings), len(missed), missed)
        for beginning in beginnings:
            self.assertTrue(any(name.startswith(beginning) for name in missed), (beginning, missed))
        return missed

    def change_order(self, number: int, **changes):
        self.books.orders[number] = replace(self.books.orders[number], **changes)


class Sound(SumsTest):
    def test_sound_books_add_up(self):
        self.assert_missed()

    def test_an_empty_shop_adds_up(self):
        self.books, self.expected = Books(), Expected({})
        self.assert_missed()

    def test_orders_of_earlier_runs_count_but_need_no_expectation(self):
        self.expected = replace(self.expected, orders={"e": frozenset({"out_of_stock"})})
        self.assert_missed()


class Orders(SumsTest):
    def test_an_accepted_order_that_is_not_listed_is_missed(self):
        self.expected.orders["lost"] = frozenset({"confirmed"})
        missed = self.assert_missed("every accepted order")
        self.assertIn("lost", missed.popitem()[1])

    def test_an_order_that_is_listed_twice_is_missed(self):
        self.books.orders.append(self.books.orders[4])
        self.assertIn("every accepted order is there, once", self.missed())

    def test_an_order_that_has_not_ended_is_missed(self):
        self.change_order(4, status="cancelling")
        self.assertIn("open: e", self.missed()["placed = confirmed + cancelled"])

    def test_an_end_that_its_kind_may_not_come_to_is_missed(self):
        self.expected.orders["e"] = frozenset({"confirmed"})
        missed = self.assert_missed("each order ended as its kind may")
        self.assertIn("e out_of_stock", missed.popitem()[1])


class Goods(SumsTest):
    def test_a_piece_that_vanished_is_missed(self):
        self.books.stock["tea"] = Stock(available=6, reserved=0, sold=3)
        missed = self.assert_missed("no piece appeared or vanished")
        self.assertIn("tea 9 instead of 10", missed.popitem()[1])

    def test_a_product_that_is_gone_is_missed(self):
        self.expected.pieces["lamp"] = 1
        self.assert_missed("no piece appeared or vanished")

    def test_a_piece_that_stays_reserved_is_missed(self):
        self.books.stock["tea"] = Stock(available=6, reserved=1, sold=3)
        self.assert_missed("nothing stays reserved")

    def test_a_piece_that_was_sold_without_an_order_is_missed(self):
        self.books.stock["tea"] = Stock(available=6, reserved=0, sold=4)
        missed = self.assert_missed("sold = what confirmed orders hold")
        self.assertIn("tea 4 instead of 3", missed.popitem()[1])

    def test_an_order_for_what_is_no_product_is_missed(self):
        self.change_order(1, lines=(("import", 1), ("ghost", 1)))
        self.assert_missed("sold = what confirmed orders hold")


class Money(SumsTest):
    def test_a_ledger_that_does_not_add_up_is_missed_by_currency(self):
        self.books.ledger = Ledger({"EUR": 1, "USD": -1}, self.books.ledger.revenue)
        self.assert_missed("the ledger adds up to nothing")

    def test_revenue_that_no_order_brought_is_missed(self):
        self.books.ledger = Ledger({"EUR": 0}, {"EUR": 3001, "USD": 500})
        missed = self.assert_missed("the revenue = ")
        self.assertIn("30.01 EUR", missed.popitem()[1])

    def test_a_payment_that_was_taken_twice_is_missed(self):
        self.books.payments["a"] *= 2
        self.assert_missed("a confirmed order is paid exactly once")

    def test_a_confirmed_order_that_nobody_paid_is_missed(self):
        for spoilt in ([], [Payment("refunded", (500, "USD"))], [Payment("pending", (500, "EUR"))],
                       [Payment("charged", (499, "USD"))]):
            self.books.payments["b"] = spoilt
            self.assert_missed("a confirmed order is paid exactly once")

    def test_money_of_a_cancelled_order_is_missed_charged_or_pending(self):
        for state in ("charged", "pending"):
            self.books.payments["d"] = [Payment(state, (2000, "EUR"))]
            self.assert_missed("a cancelled order keeps nobody's money")

    def test_a_payment_of_no_order_is_missed(self):
        self.books.payments["ghost"] = [Payment("declined", (1, "EUR"))]
        self.assert_missed("every payment belongs to an order")


class Analytics(SumsTest):
    def test_each_count_that_is_off_is_missed(self):
        sound = self.books.summary
        for changes in ({"placed": 6}, {"open": 1}, {"confirmed": 1},
                        {"cancelled": {**sound.cancelled, "timed_out": 1}},
                        {"cancelled": {"payment_declined": 2, "customer_request": 1}}):
            self.books.summary = replace(sound, **changes)
            self.assert_missed("analytics count")

    def test_revenue_that_is_off_is_missed(self):
        self.books.summary = replace(self.books.summary, revenue={"EUR": 3500})
        self.assert_missed("analytics sum")


class Notices(SumsTest):
    def test_one_that_did_not_come_came_twice_or_was_not_delivered_is_missed(self):
        for notice, change in ((("placed", "email", "delivered"), -1),
                               (("confirmed", "sms", "delivered"), 1),
                               (("placed", "push", "requested"), 1),
                               (("cancelled", "email", "delivered"), 1)):
            self.books.notices = figures.sound_books().notices
            self.books.notices["a"][notice] += change
            self.assert_missed("each customer heard")

    def test_an_order_nobody_heard_of_is_missed(self):
        del self.books.notices["e"]
        self.assert_missed("each customer heard")

    def test_one_of_no_order_is_missed(self):
        self.books.notices["ghost"] = figures.heard("cancelled", figures.EMAIL)
        self.assert_missed("each customer heard")


if __name__ == "__main__":
    unittest.main()
