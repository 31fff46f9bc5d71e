import subprocess
import unittest
from unittest import mock

from planted import REPOSITORY, PlantedTree
from waybill_check.finding import CannotCheck
from waybill_check.rules import contracts
from waybill_check.tree import Tree

ORDER = "proto/shop/order/v1/order.proto"
ONE = """\
syntax = "proto3";

package shop.order.v1;

// An order was accepted.
message OrderPlaced {
  string order_id = 1;
  string customer_id = 2;
}
"""


class Contracts(PlantedTree):
    rule = "contracts"

    def setUp(self):
        super().setUp()
        self.plant("proto/buf.yaml", (REPOSITORY / "proto/buf.yaml").read_text())
        self.plant(ORDER, ONE)
        self.renew()

    def renew(self):
        subprocess.run([contracts.BUF, "build", "proto", "--exclude-source-info", "-o", contracts.BASELINE],
                       cwd=self.root, check=True)

    def change(self, old, new):
        self.assertIn(old, ONE)
        self.plant(ORDER, ONE.replace(old, new))

    def test_contracts_that_are_what_the_baseline_says_pass(self):
        self.assert_clean()

    def test_a_comment_is_no_change(self):
        self.change("// An order was accepted.", "// An order was accepted, and is not carried out yet.")
        self.assert_clean()

    def test_what_is_laid_out_otherwise_is_found(self):
        self.plant(ORDER, ONE.replace("order_id", "orderId").replace("// An order was accepted.\n", ""))
        self.renew()
        self.assert_found((ORDER, 5, "COMMENT_MESSAGE", "lint rules"),
                          (ORDER, 6, "FIELD_LOWER_SNAKE_CASE", "lint rules"))

    def test_what_does_not_compile_is_found_once(self):
        self.change("string order_id", "strin order_id")
        self.assert_found((ORDER, 7, "(COMPILE)", "buf"))

    def test_a_field_that_is_gone_is_found(self):
        self.change("  string customer_id = 2;\n", "")
        self.assert_found((ORDER, 6, "customer_id", "reserve the number"))

    def test_a_field_of_another_type_or_name_is_found(self):
        self.change("string customer_id", "int64 customer_id")
        self.assert_found((ORDER, 8, "changed type", "new version of the package"))
        self.change("customer_id", "client_id")
        self.assertTrue(all("client_id" in finding.what for finding in self.findings()))
        self.assertTrue(self.findings())

    def test_a_message_that_is_gone_is_found(self):
        self.change("OrderPlaced", "OrderTaken")
        self.assertIn("OrderPlaced", self.findings()[0].what)

    # What is not in the baseline could be taken away again unseen.
    def test_an_addition_that_the_baseline_has_not_is_found(self):
        self.change("string customer_id = 2;", "string customer_id = 2;\n  string channel = 3;")
        self.assert_found(
            ("proto/buf.yaml", 1, "is not what the contracts are now", "scripts/contracts baseline"))
        self.renew()
        self.assert_clean()

    def test_a_baseline_that_is_missing_is_found(self):
        (self.root / contracts.BASELINE).unlink()
        self.assert_found(
            ("proto/buf.yaml", 1, "proto/baseline.binpb is missing", "scripts/contracts baseline"))

    def test_contracts_that_nobody_judges_are_found(self):
        (self.root / "proto/buf.yaml").unlink()
        self.assert_found((ORDER, 1, "proto/buf.yaml is missing", "write it"))

    def test_a_tree_without_contracts_needs_no_buf(self):
        (self.root / ORDER).unlink()
        with mock.patch.object(contracts, "BUF", self.root / "nothing"):
            self.assert_clean()

    def test_without_buf_nothing_is_said_to_be_right(self):
        with mock.patch.object(contracts, "BUF", self.root / "nothing"):
            with self.assertRaisesRegex(CannotCheck, "run scripts/setup"):
                list(contracts.check(Tree(self.root)))

    def test_a_buf_that_fails_is_not_taken_for_one_that_finds_nothing(self):
        self.plant("proto/buf.yaml", "version: v99\n")
        with self.assertRaisesRegex(CannotCheck, "buf lint ended with"):
            list(contracts.check(Tree(self.root)))


if __name__ == "__main__":
    unittest.main()
