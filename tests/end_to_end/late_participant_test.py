"""A participant that is away for longer than its step may take, and comes back."""

import unittest
from dataclasses import replace

from shop_test import ShopTest, eventually
from waybill_shop import mix

ORDERS = 50


class LateParticipant(ShopTest):
    def assert_all_time_out_without(self, service: str, step: str):
        buys = [wish for wish in mix.make(10 * ORDERS, 1).wishes if wish.kind == "buys"][:ORDERS]
        wanted = mix.Mix(tuple(replace(wish, ends=frozenset({mix.TIMED_OUT})) for wish in buys))
        self.fill(wanted)
        self.suite.service[service].kill9()
        customers = self.customers_of(wanted)
        customers.begin()
        wishes = customers.wait()
        for id in wishes:
            self.assertTrue(eventually(lambda: self.status(id) == mix.TIMED_OUT), "it has to turn back")
            # What may have been done is undone, and only who is away can say whether it was.
            told = [line["what"] for line in self.timeline(id)]
            self.assertTrue(any(f"the undo of step '{step}' was asked for" in what for what in told), told)
        self.suite.service[service].start()
        found = self.assert_adds_up(wishes)
        self.assertEqual({mix.TIMED_OUT}, {order.end for order in found.orders})


# Only who is away has little time. Its queue holds do and undo when it comes back: the do has expired, and
# the undo finds nothing to undo.
class LatePayment(LateParticipant):
    SETTINGS = {"order": {"WAYBILL_SAGA_PAY_WITHIN": "2s", "WAYBILL_SAGA_CONFIRM_RESENT_EVERY": "1s"}}

    def test_is_asked_to_undo_what_it_never_did(self):
        self.assert_all_time_out_without("payment", "pay")


class LateInventory(LateParticipant):
    SETTINGS = {"order": {"WAYBILL_SAGA_RESERVE_WITHIN": "2s", "WAYBILL_SAGA_CONFIRM_RESENT_EVERY": "1s"}}

    def test_is_asked_to_undo_what_it_never_did(self):
        self.assert_all_time_out_without("inventory", "reserve")


if __name__ == "__main__":
    unittest.main(verbosity=2)
