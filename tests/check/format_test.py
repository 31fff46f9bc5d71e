import unittest
from unittest import mock

from planted import PlantedTree
from waybill_check.rules import format

LAID_OUT = "int f(int a) { return a; }\n"
CROOKED = "int g();\n\nint   f( int a ){ return a;\n}\n"


class Format(PlantedTree):
    rule = "format"

    def setUp(self):
        super().setUp()
        self.plant(".clang-format", "BasedOnStyle: Google\n")

    def test_a_crooked_file_is_found_once_at_its_first_place(self):
        self.plant("libs/a/src/x.cpp", CROOKED)
        self.plant("libs/a/include/y.hpp", LAID_OUT)
        self.assert_found(("libs/a/src/x.cpp", 3, "not laid out by clang-format",
                           "scripts/check format --fix"))

    def test_fix_puts_it_right(self):
        self.plant("libs/a/src/x.cpp", CROOKED)
        status, out, _ = self.run_check("format", "--fix")
        self.assertEqual(0, status, out)
        self.assertEqual("int g();\n\n" + LAID_OUT, (self.root / "libs/a/src/x.cpp").read_text())

    def test_other_languages_and_an_empty_tree_are_left_alone(self):
        self.plant("x.py", "x   =   1\n")
        self.assert_clean()

    def test_a_missing_tool_is_no_silent_pass(self):
        self.plant("libs/a/src/x.cpp", LAID_OUT)
        with mock.patch.object(format, "TOOL", "clang-format-of-nowhere"):
            status, _, err = self.run_check("format")
        self.assertEqual(2, status)
        self.assertIn("clang-format-of-nowhere is not installed: run scripts/setup", err)

    def test_a_broken_configuration_is_no_silent_pass(self):
        self.plant("libs/a/src/x.cpp", LAID_OUT)
        self.plant(".clang-format", "BasedOnStyle: Nobody\n")
        status, _, err = self.run_check("format")
        self.assertEqual(2, status)
        self.assertIn("clang-format-16 ended with", err)


if __name__ == "__main__":
    unittest.main()
