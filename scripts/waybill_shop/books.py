"""What the services say of themselves, read over HTTP into plain figures."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from .shop import Shop

REVENUE = "shop:revenue"


@dataclass(frozen=True)
class Order:
    id: str
    status: str
    reason: str | None
    lines: tuple[tuple[str, int], ...]
    total: tuple[int, str] | None  # minor units, currency
    channels: frozenset[str]

    @property
    def is_over(self) -> bool:
        return self.status in ("confirmed", "cancelled")

    @property
    def end(self) -> str:
        """'confirmed', or why it was cancelled."""
        return self.reason or self.status


@dataclass(frozen=True)
class Stock:
    available: int
    reserved: int
    sold: int

    @property
    def pieces(self) -> int:
        return self.available + self.reserved + self.sold


@dataclass(frozen=True)
class Payment:
    state: str
    amount: tuple[int, str] | None


@dataclass(frozen=True)
class Ledger:
    sums: dict[str, int]
    revenue: dict[str, int]  # by currency, as what was earned


@dataclass(frozen=True)
class Summary:
    placed: int
    open: int
    confirmed: int
    cancelled: dict[str, int]
    revenue: dict[str, int]


@dataclass
class Books:
    """One moment's figures; what was not read yet is empty."""

    orders: list[Order] = field(default_factory=list)
    stock: dict[str, Stock] = field(default_factory=dict)
    payments: dict[str, list[Payment]] = field(default_factory=dict)  # by order
    ledger: Ledger = Ledger({}, {})
    summary: Summary = Summary(0, 0, 0, {}, {})
    notices: dict[str, Counter] = field(default_factory=dict)  # by order: (event, channel, status)


def orders(shop: Shop, **filters) -> list[Order]:
    """All that the key's client ever placed, the latest first."""
    return [order_of(item) for item in shop.order.pages("/api/v1/orders", **filters)]


def order_of(item: dict) -> Order:
    contact = item["contact"]
    channels = {"email": "email", "sms": "phone", "push": "push_token"}
    return Order(item["id"], item["status"], item.get("reason"),
                 tuple((line["sku"], line["quantity"]) for line in item["lines"]),
                 _money(item.get("total")),
                 frozenset(channel for channel, field_name in channels.items() if contact.get(field_name)))


def stock(shop: Shop) -> dict[str, Stock]:
    return {item["sku"]: Stock(item["available"], item["reserved"], item["sold"])
            for item in shop.inventory.pages("/api/v1/products")}


def payments(shop: Shop) -> dict[str, list[Payment]]:
    found: dict[str, list[Payment]] = defaultdict(list)
    for item in shop.payment.pages("/api/v1/payments"):
        found[item["order_id"]].append(Payment(item["status"], _money(item.get("amount"))))
    return dict(found)


def ledger(shop: Shop) -> Ledger:
    told = shop.payment.read("/api/v1/ledger")
    revenue = Counter()
    for item in told["balances"]:
        if item["account"] == REVENUE:
            # What is earned is a credit, which the ledger counts down.
            revenue[item["balance"]["currency"]] -= item["balance"]["minor_units"]
    return Ledger({item["currency"]: item["minor_units"] for item in told["sums"]}, dict(revenue))


def summary(shop: Shop) -> Summary:
    told = shop.analytics.read("/api/v1/analytics/summary")
    revenue = Counter()
    for day in told["revenue"]:
        revenue[day["currency"]] += day["minor_units"]
    counts = told["orders"]
    cancelled = {reason: count for reason, count in counts["cancelled"].items() if reason != "total"}
    return Summary(counts["placed"], counts["open"], counts["confirmed"], cancelled, dict(revenue))


def notices(shop: Shop) -> dict[str, Counter]:
    found: dict[str, Counter] = defaultdict(Counter)
    for item in shop.notification.pages("/api/v1/notifications"):
        found[item["order_id"]][item["event"], item["channel"], item["status"]] += 1
    return dict(found)


def _money(item: dict | None) -> tuple[int, str] | None:
    return None if item is None else (item["minor_units"], item["currency"])
