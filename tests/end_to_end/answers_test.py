"""What the services answer is what their OpenAPI documents say, all of it, and nothing else."""

import json
import time
import unittest
import uuid

import held_database
from exchanges import Exchanges
from shop_test import ShopTest, eventually
from variations import variations

EUR, USD = "EUR", "USD"
CONTACT = {"email": "ada@example.com", "phone": "+4930123456", "push_token": "device-17"}
EVERYTHING = {channel: {"placed": True, "confirmed": True, "cancelled": True}
              for channel in ("email", "sms", "push")}
PREFERENCES = "/api/v1/customers/ada/preferences"
NOTIFICATIONS = "/api/v1/notifications"
REBUILD = "/api/v1/analytics/rebuild"
SINCE = {"since": "1970-01-01T00:00:00.000Z"}
NOBODY = "00000000-0000-7000-8000-000000000000"

# The database's own limit ends a read before its time is over, unless both are at their end at once.
UNPROVOKED = ["504 showPreferences", "504 listNotifications"]

READS = (("order", "/api/v1/orders"), ("order", f"/api/v1/orders/{NOBODY}"),
         ("order", f"/api/v1/orders/{NOBODY}/timeline"), ("order", f"/api/v1/orders/{NOBODY}/stream"),
         ("inventory", "/api/v1/products"), ("inventory", "/api/v1/products/tea"),
         ("inventory", "/api/v1/products/tea/availability?quantity=1"), ("inventory", "/api/v1/reservations"),
         ("payment", "/api/v1/payments"), ("payment", f"/api/v1/payments/{NOBODY}"),
         ("payment", "/api/v1/ledger"), ("notification", PREFERENCES), ("notification", NOTIFICATIONS),
         ("analytics", "/api/v1/analytics/summary"))


def price(minor_units: int, currency: str = EUR) -> dict:
    return {"minor_units": minor_units, "currency": currency}


def product(name: str, minor_units: int = 450, currency: str = EUR) -> dict:
    return {"name": name, "price": price(minor_units, currency)}


def order(*lines: tuple[str, int], token: str = "tok_ok") -> dict:
    return {"customer_id": "ada", "contact": CONTACT, "payment_token": token,
            "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines]}


WRITES = (("order", "POST", "/api/v1/orders", order(("tea", 1))),
          ("inventory", "PUT", "/api/v1/products/tea", product("Tea")),
          ("inventory", "POST", "/api/v1/products/tea/restock", {"quantity": 1}),
          ("notification", "PUT", PREFERENCES, EVERYTHING),
          ("analytics", "POST", REBUILD, SINCE))
STATES = {
    "order status": {"placed", "cancelling", "confirmed", "cancelled"},
    # Nobody can say yet that an operator wants it.
    "order reason": {"out_of_stock", "unknown_sku", "mixed_currencies", "payment_declined",
                     "customer_request", "timed_out"},
    "order saga": {"running", "compensating", "completed", "compensated"},
    "inventory status": {"reserved", "confirmed", "released", "refused", "tombstone"},
    "inventory reason": {"insufficient", "unknown_sku", "mixed_currencies"},
    "payment status": {"charged", "declined", "pending", "refunded", "called_off", "tombstone"},
    "payment reason": {"insufficient_funds", "means_refused", "suspected_fraud"},
    "notification status": {"requested", "delivered", "undeliverable"}}
CANCEL = ("order", "POST", f"/api/v1/orders/{NOBODY}/cancel", None)


class Answers(ShopTest):
    maxDiff = None
    SETTINGS = {"payment": {"WAYBILL_PAYMENT_SLOW_AFTER": "1h"},
                # Nobody delivers, until there are some that are not delivered.
                "notification": {"WAYBILL_NOTIFICATION_WORKERS": "events"}}

    def setUp(self):
        super().setUp()
        self.stranger = self.suite.add_key("stranger", ("nothing:read",))
        self.second = self.suite.add_key("second", ("orders:read", "orders:write"))
        self.impatient = self.suite.add_key(
            "impatient", ("notifications:read", "preferences:read", "preferences:write"),
            {"requests": 1, "per": "1h"})
        self.restart(*self.suite.service)
        self.exchanges = Exchanges(self.suite.urls, self.suite.key)
        self.ask = self.exchanges.ask

    def test_are_what_the_documents_say(self):
        self.while_there_is_nothing()
        self.of_products()
        self.of_orders_that_end()
        self.of_orders_that_cannot_end_yet()
        self.of_commands_without_an_order()
        self.of_pages_and_single_ones()
        self.of_notifications()
        self.of_analytics()
        self.of_bodies_in_all_variations()
        self.of_requests_without_right_or_form()
        self.of_requests_under_way()
        self.of_an_order_whose_payment_takes_too_long()
        self.in_trouble()
        complaints = self.exchanges.complaints(self.directory, UNPROVOKED)
        print(f"{len(self.exchanges.all)} exchanges", flush=True)
        self.assertEqual([], complaints, "\n" + "\n".join(complaints))
        self.assert_all_states_were_seen()

    def restart(self, *services: str):
        for name in services:
            self.suite.service[name].stop()
        for name in services:
            self.suite.service[name].start()
        self.suite.wait_ready()

    def read(self, service: str, path: str):
        return self.ask(service, "GET", path).json

    def database(self, service: str) -> str:
        return self.servers.database_url(f"{self.name}_{service}")

    def place(self, *lines: tuple[str, int], token: str = "tok_ok") -> str:
        return self.ask("order", "POST", "/api/v1/orders", order(*lines, token=token), 202).json["id"]

    def cancel(self, id: str, expect: int = 202):
        return self.ask("order", "POST", f"/api/v1/orders/{id}/cancel", expect=expect)

    def wait_for(self, id: str, end: str):
        self.assertTrue(eventually(lambda: self.status(id) == end), f"{end} is what {id} is to be")
        self.look_at(id)

    def look_at(self, id: str):
        """An order, and what the others know of it."""
        self.read("order", f"/api/v1/orders/{id}")
        self.read("order", f"/api/v1/orders/{id}/timeline")
        self.read("inventory", f"/api/v1/reservations?order_id={id}")
        self.payments_of(id)
        self.read("notification", f"{NOTIFICATIONS}?order_id={id}")

    def states_of(self, order_id: str) -> list[str]:
        return [one["status"] for one in self.payments_of(order_id)]

    def payments_of(self, order_id: str) -> list[dict]:
        found = self.read("payment", f"/api/v1/payments?order_id={order_id}")["items"]
        return [self.read("payment", f"/api/v1/payments/{one['id']}") for one in found]

    def while_there_is_nothing(self):
        for service, path in READS:
            self.ask(service, "GET", path, expect=(200, 404))

    def of_products(self):
        tea = "/api/v1/products/tea"
        made = self.ask("inventory", "PUT", tea, product("Tea"), 201)
        self.ask("inventory", "PUT", tea, product("Black tea"), 200)
        self.ask("inventory", "PUT", tea, product("Tea"), 412, headers={"If-None-Match": "*"})
        self.ask("inventory", "PUT", tea, product("Tea"), 412, headers={"If-Match": made.headers["ETag"]})
        self.ask("inventory", "PUT", "/api/v1/products/-", product("Tea"), 400)
        for sku, name, currency in (("rare", "Rare", EUR), ("import", "Import", USD)):
            self.ask("inventory", "PUT", f"/api/v1/products/{sku}", product(name, 100, currency), 201)
        self.ask("inventory", "PUT", "/api/v1/products/gift", product("Gift", 0), 201)
        for sku, pieces in (("tea", 1_000_000), ("rare", 1), ("import", 10), ("gift", 10)):
            self.ask("inventory", "POST", f"/api/v1/products/{sku}/restock", {"quantity": pieces})
        self.ask("inventory", "POST", f"{tea}/restock", {"quantity": 1}, 412, headers={"If-Match": '"x"'})
        self.ask("inventory", "POST", f"{tea}/restock", {"quantity": 1}, 400, headers={"If-Match": "x"})
        self.ask("inventory", "POST", "/api/v1/products/none/restock", {"quantity": 1}, 404)
        tag = self.ask("inventory", "GET", tea).headers["ETag"]
        self.ask("inventory", "GET", tea, expect=304, headers={"If-None-Match": tag})
        self.ask("inventory", "GET", tea, expect=412, headers={"If-Match": '"x"'})
        for quantity in (1, 1_000_000):
            self.ask("inventory", "GET", f"/api/v1/products/rare/availability?quantity={quantity}")
        self.ask("inventory", "GET", "/api/v1/products/none/availability?quantity=1", expect=404)
        self.ask("inventory", "GET", "/api/v1/products/tea/availability", expect=400)

    def of_orders_that_end(self):
        regretted = self.place(("tea", 2), token="tok_slow")
        ends = {regretted: "customer_request",
                self.place(("tea", 3), ("rare", 1)): "confirmed", self.place(("gift", 1)): "confirmed",
                self.place(("import", 1)): "confirmed", self.place(("rare", 5)): "out_of_stock",
                self.place(("tea", 1), ("none", 1)): "unknown_sku",
                self.place(("tea", 1), ("import", 1)): "mixed_currencies"}
        for token in ("tok_declined", "tok_insufficient_funds", "tok_fraud", "whatever"):
            ends[self.place(("tea", 1), token=token)] = "payment_declined"
        self.assertTrue(eventually(lambda: self.payments_of(regretted)))
        self.look_at(regretted)
        self.cancel(regretted)
        for id, end in ends.items():
            self.wait_for(id, end)
        self.cancel(regretted)
        confirmed = next(id for id, end in ends.items() if end == "confirmed")
        self.cancel(confirmed, 409)
        self.cancel(NOBODY, 404)
        self.ask("order", "GET", f"/api/v1/orders/{confirmed}", expect=404, key=self.second)
        tag = self.ask("order", "GET", f"/api/v1/orders/{confirmed}").headers["ETag"]
        self.ask("order", "GET", f"/api/v1/orders/{confirmed}", expect=304, headers={"If-None-Match": tag})
        stream = f"/api/v1/orders/{confirmed}/stream"
        self.ask("order", "GET", stream)
        self.ask("order", "GET", stream, expect=204, headers={"Last-Event-ID": "1000"})
        self.ask("inventory", "PUT", "/api/v1/products/import", product("Import"), 409)

    def of_orders_that_cannot_end_yet(self):
        """Who takes part in them is away."""
        for service in ("payment", "inventory"):
            self.suite.service[service].kill9()
            id = self.place(("tea", 1))
            if service == "payment":
                self.assertTrue(eventually(lambda: self.timeline(id)[-1]["step"] == "pay"))
            self.cancel(id)
            self.read("order", f"/api/v1/orders/{id}")
            self.read("order", "/api/v1/orders?status=cancelling")
            self.read("order", f"/api/v1/orders/{id}/timeline")
            self.suite.service[service].start()
            self.suite.wait_ready()
            self.wait_for(id, "customer_request")

    def of_commands_without_an_order(self):
        """As they come where a cancellation meets an answer, or overtakes what it is to undo."""
        id = str(uuid.uuid4())
        charge = {"orderId": id, "customerId": "ada", "paymentToken": "tok_ok",
                  "amount": {"minorUnits": "450", "currency": EUR}}
        for type, payload, state in (("ChargePayment", charge, "charged"),
                                     ("RefundPayment", {"orderId": id}, "refunded")):
            self.command("payment", type, payload, id)
            self.assertTrue(eventually(lambda: self.states_of(id) == [state]))
        self.read("payment", "/api/v1/ledger")
        late = str(uuid.uuid4())
        self.command("payment", "RefundPayment", {"orderId": late}, late)
        self.assertTrue(eventually(lambda: self.states_of(late) == ["tombstone"]))
        self.command("inventory", "ReleaseStock", {"orderId": late}, late)
        self.assertTrue(eventually(
            lambda: self.read("inventory", f"/api/v1/reservations?order_id={late}")["items"]))

    def command(self, service: str, type: str, payload: dict, saga: str):
        headers = {"cloudEvents_subject": saga, "sagaid": saga, "sagastep": "step", "sagaepoch": 1}
        self.publish("commands", service, f"shop.{service}.v1.{type}", payload, headers, reply_to="order")

    def publish(self, exchange: str, key: str, type: str, payload: dict, headers: dict, **properties):
        now = time.time()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
        self.servers.publish(self.name, exchange, key, json.dumps(payload), {
            "message_id": f"test-{uuid.uuid4()}", "type": type, "app_id": "test", "timestamp": int(now),
            "content_type": "application/json", "delivery_mode": 2, **properties,
            "headers": {"cloudEvents_specversion": "1.0", "cloudEvents_source": "test",
                        "cloudEvents_time": stamp, **headers}})

    def of_pages_and_single_ones(self):
        listings = (("order", "/api/v1/orders"), ("inventory", "/api/v1/products"),
                    ("inventory", "/api/v1/reservations"), ("payment", "/api/v1/payments"),
                    ("notification", NOTIFICATIONS))
        for service, path in listings:
            page = self.read(service, f"{path}?limit=1")
            self.assertIn("rel=", self.exchanges.all[-1].headers["Link"])
            self.read(service, f"{path}?limit=1&cursor={page['next_cursor']}")
            self.assertIsNone(self.read(service, f"{path}?limit=200")["next_cursor"])
            self.ask(service, "GET", f"{path}?limit=0", expect=400)
            self.ask(service, "GET", f"{path}?cursor=x", expect=400)
        self.read("inventory", "/api/v1/reservations?open=true")
        for status in ("placed", "cancelling", "confirmed", "cancelled"):
            self.read("order", f"/api/v1/orders?status={status}&customer_id=ada")
        for service, path in (("inventory", "/api/v1/products/tea"), ("payment", "/api/v1/ledger"),
                              ("payment", f"/api/v1/payments/{NOBODY}"),
                              ("analytics", "/api/v1/analytics/summary")):
            self.ask(service, "GET", f"{path}?other=1", expect=400)
        self.ask("notification", "GET", "/api/v1/customers/-/preferences", expect=400)

    def of_notifications(self):
        """Requested ones, then delivered ones, and one whose address is none."""
        event = {"orderId": str(uuid.uuid4()), "customerId": "ada", "contact": {"email": "nowhere"},
                 "lines": [{"sku": "tea", "quantity": 1}]}
        self.publish("events.fanout", "", "shop.order.v1.OrderPlaced", event, {"cloudEvents_subject": "x"})
        self.assertTrue(eventually(lambda: "undeliverable" in self.statuses_of_notifications()))
        self.assertIn("requested", self.statuses_of_notifications())
        self.suite.service["notification"].change({"WAYBILL_NOTIFICATION_WORKERS": "events,email,sms,push"})
        self.restart("notification")
        self.assertTrue(eventually(lambda: "requested" not in self.statuses_of_notifications()))
        self.ask("notification", "PUT", PREFERENCES, EVERYTHING)
        self.read("notification", PREFERENCES)
        self.read("notification", f"{NOTIFICATIONS}?customer_id=ada&limit=200")
        self.ask("notification", "PUT", "/api/v1/customers/-/preferences", EVERYTHING, 400)

    def statuses_of_notifications(self) -> set[str]:
        return {one["status"] for one in self.read("notification", f"{NOTIFICATIONS}?limit=200")["items"]}

    def of_analytics(self):
        def confirmed() -> int:
            return self.read("analytics", "/api/v1/analytics/summary")["orders"]["confirmed"]

        self.assertTrue(eventually(lambda: confirmed() == 3), self.exchanges.all[-1].body)
        self.assertTrue(self.read("analytics", "/api/v1/analytics/summary?days=1")["revenue"])
        self.ask("analytics", "POST", REBUILD, SINCE)
        self.assertEqual(0, confirmed())
        self.place(("tea", 1))
        self.assertTrue(eventually(lambda: confirmed() == 1))

    def of_bodies_in_all_variations(self):
        """Services and documents agree on which of them are taken."""
        for service, method, path, body in WRITES:
            for varied in variations(body):
                self.ask(service, method, path, varied, (200, 201, 202, 409, 422))
        said_in_words = order(("tea", 1), ("tea", 2))
        self.ask("order", "POST", "/api/v1/orders", said_in_words, 422, beyond_document=True)

    def of_requests_without_right_or_form(self):
        writes = [*WRITES, CANCEL]
        reads = [(service, "GET", path, None) for service, path in READS]
        for service, method, path, body in [*reads, *writes]:
            self.ask(service, method, path, body, 401, key=None)
            self.ask(service, method, path, body, 401, key="wb_x")
            self.ask(service, method, path, body, 403, key=self.stranger)
            self.ask(service, method, path, body, 400, headers={"X-API-Key": self.second})
        for service, method, path, body in writes:
            self.ask(service, method, path, body, 400, headers={"Idempotency-Key": None})
            self.ask(service, method, path, body, 400, headers={"Idempotency-Key": "x" * 256})
        for service, method, path, body in WRITES:
            self.ask(service, method, path, "{", 400)
            self.ask(service, method, path, body, 415, headers={"Content-Type": "text/plain"})
            self.ask(service, method, path, expect=413, headers={
                "Content-Length": str(10**9), "Content-Type": "application/json"})
            once = {"Idempotency-Key": str(uuid.uuid4())}
            first = self.ask(service, method, path, body, (200, 201, 202), headers=once)
            again = self.ask(service, method, path, body, first.status, headers=once)
            self.assertEqual(first.body, again.body)
        once = {"Idempotency-Key": str(uuid.uuid4())}
        self.ask(*CANCEL, expect=404, headers=once)
        other = self.ask("order", "POST", f"/api/v1/orders/{uuid.uuid4()}/cancel", expect=422, headers=once)
        self.assertEqual("idempotency-key-reused", other.problem)
        self.ask("order", "POST", "/api/v1/orders", WRITES[0][3], 202, headers=once, key=self.second)
        self.ask("order", "POST", "/api/v1/orders", order(("tea", 2)), 422, headers=once, key=self.second)
        limited = (("GET", PREFERENCES, None), ("GET", NOTIFICATIONS, None), ("PUT", PREFERENCES, EVERYTHING))
        for method, path, body in limited:
            self.ask("notification", method, path, body, (200, 429), key=self.impatient)
            self.ask("notification", method, path, body, 429, key=self.impatient)

    def of_requests_under_way(self):
        """Another instance is at the request of a key."""
        for service, method, path, body in (*WRITES, CANCEL):
            once = {"Idempotency-Key": str(uuid.uuid4())}
            first = self.ask(service, method, path, body, (200, 202, 404), headers=once)
            with held_database.key_in_use(self.database(service), once["Idempotency-Key"]):
                self.ask(service, method, path, body, 409, headers=once)
            self.ask(service, method, path, body, first.status, headers=once)

    def of_an_order_whose_payment_takes_too_long(self):
        self.suite.service["order"].change({"WAYBILL_SAGA_PAY_WITHIN": "1s"})
        self.restart("order")
        self.wait_for(self.place(("tea", 1), token="tok_slow"), "timed_out")

    def in_trouble(self):
        """Where the document of a service has all that can go wrong."""
        requests = (("GET", PREFERENCES, None, "preference"), ("GET", NOTIFICATIONS, None, "notification"),
                    ("PUT", PREFERENCES, EVERYTHING, "preference"))
        for method, path, body, table in requests:
            with held_database.without(self.database("notification"), table):
                self.ask("notification", method, path, body, 500)
        with held_database.away(self.servers.postgres_url, f"{self.name}_notification"):
            for method, path, body, _ in requests:
                self.ask("notification", method, path, body, 503)
        self.suite.service["notification"].change({"WAYBILL_HTTP_REQUEST_WITHIN": "1s"})
        self.restart("notification")
        self.ask("notification", "PUT", PREFERENCES, expect=408, headers={
            "Content-Length": "10", "Content-Type": "application/json"})
        for method, path, body, table in requests:
            with held_database.locked(self.database("notification"), table):
                self.ask("notification", method, path, body, (503, 504))

    def assert_all_states_were_seen(self):
        seen = {}
        for one in self.exchanges.all:
            if one.status < 300 and "json" in one.headers.get("Content-Type", ""):
                whole = one.json
                for item in whole.get("items", [whole]):
                    for name in ("status", "reason", "saga"):
                        if isinstance(value := item.get(name), str):
                            seen.setdefault(f"{one.record['service']} {name}", set()).add(value)
        self.assertEqual(STATES, seen)


if __name__ == "__main__":
    unittest.main(verbosity=2)
