import json
import unittest
from unittest import mock

from fake_service import BREAK, FakeService
from waybill_shop import client as clients
from waybill_shop.client import Client
from waybill_shop.failure import Failure

PROBLEM = {"Content-Type": "application/problem+json"}


def problem(status, name, **headers):
    content = json.dumps({"type": f"urn:waybill:problem:{name}", "status": status}).encode()
    return status, {**PROBLEM, **headers}, content


def told(status, value):
    return status, {"Content-Type": "application/json"}, json.dumps(value).encode()


class QuickClock:
    """On which nothing takes time but pauses."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


class Clients(unittest.TestCase):
    def service(self, *answers):
        service = FakeService(answers)
        self.addCleanup(service.close)
        return service

    def client(self, service, patience=20.0):
        client = Client(service.url, "wb_test_key", patience)
        self.addCleanup(client.close)
        return client

    # Another key would be another order.
    def test_a_post_is_repeated_under_its_key_until_it_is_decided(self):
        service = self.service(BREAK, problem(503, "busy"), problem(409, "request-in-progress"),
                               problem(429, "rate-limited"), problem(504, "outcome-unknown"), BREAK,
                               told(202, {"id": "x"}))
        answer = self.client(service).post("/api/v1/orders", {"a": 1}, key="mine")
        self.assertEqual((202, {"id": "x"}), (answer.status, answer.json))
        self.assertEqual(7, len(service.requests))
        self.assertEqual({"mine"}, {headers["Idempotency-Key"] for _, _, headers, _ in service.requests})
        self.assertEqual({b'{"a": 1}'}, {body for _, _, _, body in service.requests})
        self.assertEqual({"Bearer wb_test_key"}, {headers["Authorization"] for _, _, headers, _
                                                  in service.requests})

    def test_a_refusal_is_an_answer_also_one_by_409(self):
        service = self.service(problem(409, "order-too-late"))
        self.assertEqual(409, self.client(service).post("/api/v1/orders/x/cancel").status)
        service.answers = [problem(422, "body-invalid")]
        self.assertEqual(422, self.client(service).post("/api/v1/orders", {}).status)
        self.assertEqual(2, len(service.requests))

    def test_each_request_without_a_key_gets_one_of_its_own(self):
        service = self.service(told(202, {}))
        client = self.client(service)
        client.post("/a", {})
        client.put("/a", {})
        keys = [headers["Idempotency-Key"] for _, _, headers, _ in service.requests]
        self.assertEqual(2, len(set(keys)))

    def test_patience_ends_with_what_was_told_last(self):
        service = self.service(problem(503, "overloaded"))
        with mock.patch.object(clients, "time", QuickClock()), \
                self.assertRaisesRegex(Failure, r"POST /a at http.* had no answer in 0.3 s; .*status 503"):
            self.client(service, 0.3).post("/a", {})
        self.assertGreater(len(service.requests), 1)

    def test_patience_ends_where_nobody_listens(self):
        service = FakeService([BREAK])
        service.close()
        with self.assertRaisesRegex(Failure, "refused"):
            self.client(service, 0.2).get("/a")

    def test_waits_as_long_as_it_is_told_to_but_not_longer_than_its_own_longest_pause(self):
        service = self.service(problem(429, "rate-limited", **{"Retry-After": "3600"}), told(200, {}))
        self.assertEqual(200, self.client(service, clients.LONGEST_PAUSE * 5).get("/a").status)

    def test_a_connection_is_kept_and_made_anew_when_it_breaks(self):
        service = self.service(told(200, 1), told(200, 2), told(200, 3), BREAK, told(200, 4))
        client = self.client(service)
        self.assertEqual([1, 2, 3, 4], [client.read("/a") for _ in range(4)])
        self.assertEqual(2, service.connections)

    def test_a_listing_is_read_to_its_end(self):
        service = self.service(told(200, {"items": [1, 2], "next_cursor": "c/1"}),
                               told(200, {"items": [3], "next_cursor": None}))
        self.assertEqual([1, 2, 3], list(self.client(service).pages("/a", status="placed")))
        self.assertEqual(["/a?limit=200&status=placed", "/a?limit=200&cursor=c%2F1&status=placed"],
                         [target for _, target, _, _ in service.requests])

    def test_what_has_to_be_there_and_is_not_is_told_with_its_problem(self):
        service = self.service(problem(403, "forbidden"))
        with self.assertRaisesRegex(Failure, "GET /a at http.* was answered with 403: .*forbidden"):
            self.client(service).read("/a")

    def test_an_address_may_lead_into_a_folder_and_has_to_be_one(self):
        service = self.service(told(200, {}))
        client = Client(service.url + "/shop/", "key")
        self.addCleanup(client.close)
        client.get("/a")
        self.assertEqual("/shop/a", service.requests[0][1])
        for text in ("127.0.0.1:80", "ftp://a", "http://"):
            with self.assertRaisesRegex(Failure, "is no address of a service"):
                Client(text, "key")


if __name__ == "__main__":
    unittest.main()
