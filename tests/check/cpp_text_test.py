import unittest

import planted  # makes scripts/ importable
from waybill_check import cpp_text


def code(text):
    return cpp_text.split(text).code


class CppText(unittest.TestCase):
    def test_lines_and_columns_stay(self):
        text = 'int a; // one\n/* two\n three */ int b = f("x\\"y", \'"\');\nauto r = R"z(\n)")z"; int c;\n'
        parts = cpp_text.split(text)
        for part in (parts.code, parts.comments):
            self.assertEqual(len(text), len(part))
            self.assertEqual(text.count("\n"), part.count("\n"))
        self.assertEqual(text.index("int c"), parts.code.index("int c"))

    def test_comments_go_to_their_own_part(self):
        text = "a // x y\nb /* z */ c"
        self.assertEqual(["a", "b", "c"], code(text).split())
        self.assertEqual(["//", "x", "y", "/*", "z", "*/"], cpp_text.split(text).comments.split())

    def test_a_comment_goes_on_after_a_backslash(self):
        self.assertNotIn("hidden", code("a // x \\\n hidden\nb"))
        self.assertIn("b", code("a // x \\\n hidden\nb"))

    def test_a_comment_in_a_text_is_text(self):
        self.assertIn("after", code('f("// no"); after();'))
        self.assertIn("after", code('f("/*"); after(); g("*/");'))

    def test_texts_with_escapes_end_where_they_end(self):
        self.assertEqual('f(""x)', code('f("a\\"b\\\\"x)').replace(" ", ""))
        self.assertIn("after", code("char c = '\\''; after();"))
        self.assertIn("after", code("char c = '\"'; after();"))

    def test_raw_texts_end_at_their_own_delimiter(self):
        result = code('auto q = R"sql(select ")" \n -- )" hidden )x" )sql"; after();')
        self.assertNotIn("hidden", result)
        self.assertIn("after", result)
        self.assertNotIn("hidden", code('auto q = u8R"(hidden \\)"; after();'))
        self.assertIn("after", code('auto q = u8R"(hidden \\)"; after();'))

    def test_a_name_that_ends_in_r_begins_no_raw_text(self):
        self.assertIn("after", code('FOUR"(" after();'))

    def test_digit_separators_begin_no_character(self):
        self.assertEqual("f(1'000, 0xff'ff); after();", code("f(1'000, 0xff'ff); after();"))

    def test_includes_keep_their_names_and_only_includes_do(self):
        text = ('#include "waybill/base/x.hpp"\n # include <vector> // y\n'
                '#define A "z"\n// #include "no.hpp"\n')
        self.assertEqual([(1, "waybill/base/x.hpp", True), (2, "vector", False)],
                         [(one.line, one.name, one.quoted) for one in cpp_text.includes(code(text))])
        self.assertNotIn("z", code(text))

    def test_what_does_not_end_ends_with_the_file(self):
        for text in ("/* x", 'f("x', 'R"(x', "'", '"\\', "// x"):
            self.assertEqual(len(text), len(code(text)))


if __name__ == "__main__":
    unittest.main()
