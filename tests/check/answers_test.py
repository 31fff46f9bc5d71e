"""scripts/api/answers.mjs, which holds answers against documents, told of ones that are wrong."""

import json
import subprocess
import tempfile
import unittest
from pathlib import Path

JUDGE = Path(__file__).resolve().parents[2] / "scripts/api/answers.mjs"
STOCK = """\
openapi: 3.1.0
info: {title: Stock, version: "1"}
paths:
  /stock/{sku}:
    get:
      operationId: showStock
      responses:
        "200": {$ref: "#/components/responses/Stock"}
        "304": {description: As before.}
        default:
          description: No.
          content: {application/problem+json: {schema: {$ref: "#/components/schemas/Problem"}}}
    put:
      operationId: putStock
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Stock"}}}}
      responses:
        "200": {$ref: "#/components/responses/Stock"}
        "422": {description: No., content: {application/problem+json: {schema: {type: object}}}}
components:
  responses:
    Stock: {description: That., content: {application/json: {schema: {$ref: "#/components/schemas/Stock"}}}}
  schemas:
    Stock:
      type: object
      required: [pieces]
      additionalProperties: false
      properties:
        pieces: {type: integer, minimum: 0}
        at: {type: string, format: date-time}
    Problem: {type: object, additionalProperties: false, properties: {type: {type: string}}}
"""
REST = ["422 putStock"]


def exchange(method="GET", path="/stock/tea?x=1", status=200, body='{"pieces":1}', **more):
    return {"service": "stock", "method": method, "path": path, "status": status, "body": body,
            "content_type": "application/json; charset=utf-8", "request_body": None, **more}


def put(status=200, request_body='{"pieces":1}', **more):
    return exchange("PUT", status=status, request_body=request_body, **more)


PROBLEM = {"body": '{"type":"urn:waybill:problem:body-invalid"}', "content_type": "application/problem+json"}
ALL = [exchange(), exchange(status=304, body="", content_type=None), exchange(status=404, **PROBLEM), put()]


class Answers(unittest.TestCase):
    def judged(self, exchanges, unprovoked=(), document=STOCK) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            (file := Path(folder, "stock.yaml")).write_text(document)
            (asked := Path(folder, "exchanges.json")).write_text(
                json.dumps({"exchanges": exchanges, "unprovoked": list(unprovoked)}))
            done = subprocess.run(["node", str(JUDGE), str(asked), f"stock={file}"], capture_output=True,
                                  text=True, check=False)
        self.assertEqual("", done.stderr)
        self.assertEqual(1 if done.stdout else 0, done.returncode)
        return done.stdout.splitlines()

    def assert_complaint(self, words: str, *exchanges, document=STOCK):
        complaint, = self.judged([*ALL, *exchanges], REST, document)
        self.assertIn(words, complaint)

    def test_what_is_as_documented_passes(self):
        self.assertEqual([], self.judged(ALL, REST))

    def test_what_the_document_does_not_have_is_told(self):
        for words, wrong in (("no such operation", exchange(path="/stock")),
                             ("no such operation", exchange(method="POST")),
                             ("no such operation", exchange(service="other")),
                             ("no such status", put(status=409)),
                             ("has no text/plain", exchange(content_type="text/plain")),
                             ("has no answer without content", exchange(content_type=None)),
                             ("has no application/json", exchange(status=304)),
                             ("no JSON", exchange(body="{")),
                             ("'pieces'", exchange(body="{}")),
                             (">= 0", exchange(body='{"pieces":-1}')),
                             ("date-time", exchange(body='{"pieces":1,"at":"noon"}')),
                             ("additional", exchange(body='{"pieces":1,"more":1}')),
                             ("additional", exchange(status=500, content_type="application/problem+json",
                                                     body='{"more":1}'))):
            with self.subTest(words):
                self.assert_complaint(words, wrong)

    def test_a_schema_that_takes_any_field_is_told(self):
        is_open = STOCK.replace("      additionalProperties: false\n", "")
        complaints = self.judged(ALL, REST, is_open)
        self.assertEqual(2, len(complaints), complaints)
        self.assertIn("the schema of '/' takes any other field", complaints[0])

    def test_service_and_document_agree_on_bodies(self):
        self.assert_complaint("the document forbids the body", put(request_body='{"pieces":"1"}'))
        taken = {"status": 422, "content_type": "application/problem+json", "body": PROBLEM["body"]}
        whole = STOCK.replace("{type: object}}}}", '{$ref: "#/components/schemas/Problem"}}}}')
        refused = put(request_body='{"pieces":-1}', **taken)
        self.assertEqual([], self.judged([*ALL, refused], [], whole))
        complaint, = self.judged([*ALL, put(**taken)], [], whole)
        self.assertIn("the document allows the body", complaint)
        self.assertEqual([], self.judged([*ALL, put(**taken, beyond_document=True)], [], whole))

    def test_what_nobody_saw_is_told(self):
        self.assertEqual(["stock: 422 of putStock was not seen in any exchange"], self.judged(ALL))
        self.assertEqual(["stock: 304 of showStock was not seen in any exchange",
                          "stock: 200 of putStock was not seen in any exchange"],
                         self.judged([ALL[0], ALL[2]], REST))

    def test_what_nobody_can_see_is_in_the_document(self):
        self.assertIn("no document has '200 x'", self.judged(ALL, [*REST, "200 x"])[0])


if __name__ == "__main__":
    unittest.main()
