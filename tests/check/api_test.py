import json
import shutil
import unittest
from unittest import mock

from planted import REPOSITORY, PlantedTree
from waybill_check.finding import CannotCheck
from waybill_check.rules import api
from waybill_check.tree import Tree

STOCK = "services/stock/api/openapi.yaml"
ONE = """\
openapi: 3.1.0
info: {title: Stock, version: "1"}
security: []
paths:
  /stock:
    get:
      operationId: showStock
      summary: What is there
      responses:
        "200": {description: That., content: {application/json: {schema: {type: object}}}}
        "400": {description: No.}
"""


class OpenApi(PlantedTree):
    rule = "api"

    def test_a_document_that_keeps_the_rules_passes(self):
        self.plant(STOCK, ONE)
        self.assert_clean()

    def test_what_no_operation_has_is_found_where_it_stands(self):
        self.plant("services/other/api/openapi.yaml", ONE)
        self.plant(STOCK, ONE.replace("summary:", "sumary:"))
        findings = self.findings()
        self.assertIn((STOCK, 8), [(one.path, one.line) for one in findings])
        self.assertIn("`sumary`", " ".join(one.what for one in findings))

    def test_what_is_recommended_is_asked_for(self):
        text = ONE.replace('"400": {description: No.}\n', "")
        self.plant(STOCK, text.replace("      operationId: showStock\n", ""))
        self.assertEqual({"operation-4xx-response", "operation-operationId"},
                         {one.what.rpartition("(")[2].rstrip(")") for one in self.findings()})

    def test_a_reference_that_leads_nowhere_is_found(self):
        self.plant(STOCK, ONE.replace("{type: object}", '{$ref: "#/components/schemas/Stock"}'))
        self.assertIn("resolve", self.findings()[0].what)

    def test_nothing_is_fetched(self):
        self.plant(STOCK, ONE.replace("{type: object}", '{$ref: "https://stock.example.org/stock.yaml"}'))
        self.assertIn("in another document", " ".join(one.what for one in self.findings()))

    def test_a_document_that_is_no_yaml_is_found(self):
        self.plant(STOCK, ONE.replace("  /stock:", "  /stock: ["))
        finding, = self.findings()
        self.assertEqual(STOCK, finding.path)
        self.assertGreater(finding.line, 4)

    def test_what_is_no_openapi_is_found(self):
        for text in ("", "stock: 1\n", ONE.replace("openapi: 3.1.0", "openapi: 17")):
            self.plant(STOCK, text)
            self.assertEqual([(STOCK, 1)], [(one.path, one.line) for one in self.findings()], text)

    def test_a_tree_without_documents_needs_no_judge(self):
        with mock.patch.object(api, "JUDGE", self.root / "nothing.mjs"):
            self.assert_clean()

    def test_without_the_judge_nothing_is_said_to_be_right(self):
        self.plant(STOCK, ONE)
        with mock.patch.object(api, "JUDGE", self.root / "nothing.mjs"):
            with self.assertRaisesRegex(CannotCheck, "run scripts/setup"):
                list(api.check(Tree(self.root)))


class AsyncApi(PlantedTree):
    """The shop's own document and contracts, each time with one mistake."""

    rule = "api"

    def setUp(self):
        super().setUp()
        shutil.copytree(REPOSITORY / "proto", self.root / "proto")
        self.text = (REPOSITORY / api.MESSAGES).read_text()

    def change(self, old, new, count=1):
        self.assertIn(old, self.text)
        self.text = self.text.replace(old, new, count)
        self.plant(api.MESSAGES, self.text)

    def change_contract(self, path, old, new):
        text = (REPOSITORY / path).read_text()
        self.assertIn(old, text)
        self.plant(path, text.replace(old, new, 1))

    def change_manifest(self, change):
        manifest = json.loads((REPOSITORY / api.MANIFEST).read_text())
        change(manifest)
        self.plant(api.MANIFEST, json.dumps(manifest))

    def assert_told(self, *words):
        told = [finding.what for finding in self.findings()]
        for word in words:
            self.assertTrue(any(word in one for one in told), f"{word}: {told}")

    def test_the_shop_s_own_passes(self):
        self.assert_clean()

    def test_what_is_no_asyncapi_is_found_and_not_compared(self):
        self.change("action: receive", "action: take")
        self.assertTrue(self.findings())
        self.assertNotIn("instead", " ".join(finding.what for finding in self.findings()))

    def test_a_document_that_is_missing_is_found(self):
        (self.root / api.MESSAGES).unlink()
        self.assert_found((api.MANIFEST, 1, "proto/asyncapi.yaml is missing", "write it"))

    def test_a_queue_that_it_has_not_is_found(self):
        self.change_manifest(lambda all_of_it: all_of_it["queues"].update(
            {"fraud.events": {"service": "fraud", "bindings": [{"exchange": "events.fanout"}]}}))
        self.assert_told("channel 'fraud.events' of proto/topology.json is missing",
                         "operation 'fraud.receive.fraud.events' is missing")

    def test_a_queue_and_an_exchange_that_are_no_more_are_found(self):
        self.change_manifest(lambda all_of_it: (all_of_it["queues"].pop("notification.sms"),
                                                all_of_it["exchanges"].pop("retry")))
        self.assert_told("channel 'notification.sms' is not in proto/topology.json",
                         "channel 'retry' is not in proto/topology.json")

    def test_an_exchange_of_another_type_is_found(self):
        self.change("{name: events.fanout, type: fanout", "{name: events.fanout, type: topic")
        self.assert_told("channel 'events.fanout' is bound as")

    def test_a_queue_that_is_bound_elsewhere_is_found(self):
        self.change_manifest(lambda all_of_it: all_of_it["queues"]["analytics.events"].update(
            bindings=[{"exchange": "notifications", "key": "#"}]))
        self.assert_told("carries 'shop.notification.v1.NotificationRequested', and does not name it",
                         "bound to nothing that carries 'shop.order.v1.OrderPlaced'")

    def test_a_contract_that_it_has_not_is_found(self):
        self.change_contract("proto/shop/order/v1/order.proto", "message OrderPlaced {",
                             "message OrderShipped {\n  option (waybill.v1.kind) = KIND_EVENT;\n}\n"
                             "message OrderPlaced {")
        self.assert_told("message 'shop.order.v1.OrderShipped' of the contracts is missing",
                         "schema 'shop.order.v1.OrderShipped' of the contracts is missing",
                         "no exchange carries 'shop.order.v1.OrderShipped'")

    def test_a_contract_that_is_no_more_is_found(self):
        self.change_contract("proto/shop/order/v1/order.proto", "message OrderPlaced {",
                             "message OrderTaken {")
        self.assert_told("message 'shop.order.v1.OrderPlaced' is not in the contracts")

    def test_a_field_that_is_added_renamed_or_of_another_type_is_found(self):
        schema = "schema 'shop.money.v1.Money' is not what its contract says: "
        for old, new, field in (("string currency = 2;", "string currency = 2;\n  string note = 3;", "note"),
                                ("string currency", "string code", "code, currency"),
                                ("int64 minor_units", "int32 minor_units", "minorUnits"),
                                ("int64 minor_units", "repeated int64 minor_units", "minorUnits")):
            with self.subTest(new):
                self.change_contract("proto/shop/money/v1/money.proto", old, new)
                self.assert_told(schema + field)

    def test_a_value_of_an_enumeration_that_it_has_not_is_found(self):
        self.change("        - CHANNEL_PUSH\n", "")
        schema = "schema 'shop.notification.v1.Channel' is not what its contract says: "
        self.assert_told(schema + "its type or values")

    def test_an_answer_that_who_asks_does_not_take_is_found(self):
        channel = self.text.index("  order.replies:")
        declined = "shop.payment.v1.PaymentDeclined"
        line = f'      {declined}: {{$ref: "#/components/messages/{declined}"}}\n'
        at = self.text.index(line, channel)
        self.text = self.text[:at] + self.text[at + len(line):]
        entry = '      - $ref: "#/channels/order.replies/messages/shop.payment.v1.PaymentDeclined"\n'
        self.change(entry, "")
        self.assert_told("queue 'order.replies' is bound to what carries 'shop.payment.v1.PaymentDeclined'")

    def test_operations_that_are_not_what_they_are_called_are_found(self):
        self.change("  analytics.receive.analytics.events:", "  analytics.takes.events:")
        self.assert_told("operation 'analytics.receive.analytics.events' is missing",
                         "operation 'analytics.takes.events' is none of")

    def test_an_event_of_another_service_is_not_to_be_sent(self):
        self.change("  order.send.events.fanout:", "  payment.send.events.fanout:")
        self.assert_told("is sent by 'order' alone",
                         "no operation of 'order' sends 'shop.order.v1.OrderPlaced'")

    def test_a_message_of_another_kind_or_payload_is_found(self):
        self.change("      tags: [{name: event}]", "      tags: [{name: command}]")
        self.change('payload: {$ref: "#/components/schemas/shop.order.v1.CancelOrder"}',
                    'payload: {$ref: "#/components/schemas/shop.order.v1.OrderPlaced"}')
        self.assert_told("has no tag 'event'", "message 'shop.order.v1.CancelOrder' has as its payload")


if __name__ == "__main__":
    unittest.main()
