"""Books of a shop that add up, to be spoilt by a test one figure at a time."""

from collections import Counter

from waybill_shop.books import Books, Ledger, Order, Payment, Stock, Summary
from waybill_shop.sums import Expected

EMAIL, ALL = frozenset({"email"}), frozenset({"email", "sms", "push"})


def heard(status: str, channels: frozenset[str]) -> Counter:
    return Counter((event, channel, "delivered") for event in ("placed", status) for channel in channels)


def sound_books() -> Books:
    """One bought for 30.00 EUR, one for 5.00 USD; one was declined, one gave back, one never paid."""
    return Books(
        orders=[Order("a", "confirmed", None, (("tea", 3),), (3000, "EUR"), ALL),
                Order("b", "confirmed", None, (("import", 1),), (500, "USD"), EMAIL),
                Order("c", "cancelled", "payment_declined", (("tea", 1),), (1000, "EUR"), EMAIL),
                Order("d", "cancelled", "customer_request", (("tea", 2),), (2000, "EUR"), EMAIL),
                Order("e", "cancelled", "out_of_stock", (("tea", 99),), None, EMAIL)],
        stock={"tea": Stock(available=7, reserved=0, sold=3), "import": Stock(4, 0, 1)},
        payments={"a": [Payment("charged", (3000, "EUR"))], "b": [Payment("charged", (500, "USD"))],
                  "c": [Payment("declined", (1000, "EUR"))], "d": [Payment("refunded", (2000, "EUR"))]},
        ledger=Ledger(sums={"EUR": 0, "USD": 0}, revenue={"EUR": 3000, "USD": 500}),
        summary=Summary(5, 0, 2, {"payment_declined": 1, "customer_request": 1, "out_of_stock": 1,
                                  "timed_out": 0}, {"EUR": 3000, "USD": 500}),
        notices={"a": heard("confirmed", ALL), "b": heard("confirmed", EMAIL),
                 **{id: heard("cancelled", EMAIL) for id in "cde"}})


def expected() -> Expected:
    ends = {"a": {"confirmed"}, "b": {"confirmed"}, "c": {"payment_declined"},
            "d": {"customer_request", "timed_out"}, "e": {"out_of_stock"}}
    return Expected({id: frozenset(may_be) for id, may_be in ends.items()}, {"tea": 10, "import": 5})
