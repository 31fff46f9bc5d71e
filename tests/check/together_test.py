import unittest
from pathlib import Path
from unittest import mock

from planted import REPOSITORY, PlantedTree
from waybill_check import clang_tidy, together
from waybill_check.finding import CannotCheck

LISTS = """\
cmake_minimum_required(VERSION 3.25)
project(planted CXX)
set(CMAKE_CXX_STANDARD 20)
file(GLOB sources libs/a/src/*.cpp)
add_library(planted OBJECT ${sources})
target_include_directories(planted PRIVATE libs/a/include)
"""
WRONG = "struct lower_%s {};\n"


class Together(PlantedTree):
    """Sources are read several at a time; what is found must be as if each were read alone."""

    rule = "tidy"

    def setUp(self):
        super().setUp()
        self.plant("CMakeLists.txt", LISTS)
        self.plant(".clang-tidy", (REPOSITORY / ".clang-tidy").read_text())
        one_processor = mock.patch.object(together.os, "cpu_count", return_value=1)
        one_processor.start()
        self.addCleanup(one_processor.stop)
        self.read = []
        run = clang_tidy.run
        spy = mock.patch.object(clang_tidy, "run", side_effect=lambda tree, database, file, flags: (
            self.read.append(str(file)), run(tree, database, file, flags))[1])
        spy.start()
        self.addCleanup(spy.stop)

    def source(self, name, text):
        self.plant(f"libs/a/src/{name}.cpp", text)

    def assert_found_in(self, *names):
        """A wrong name in each of the sources, in the line that says so, and nothing else."""
        self.assert_found(*((f"libs/a/src/{name}.cpp", self.line(name), f"'lower_{name}'", "PascalCase")
                            for name in names))

    def line(self, name):
        text = (self.root / f"libs/a/src/{name}.cpp").read_text()
        return text[:text.index("lower_")].count("\n") + 1

    def test_sources_of_a_target_are_read_together_and_each_is_told_of(self):
        for name in "abcdefgh":
            self.source(name, "int %s;\n" % name + WRONG % name)
        self.assert_found_in(*"abcdefgh")
        self.assertEqual(2, len(self.read))

    def test_a_source_is_remembered_by_itself(self):
        for name in "abcdefgh":
            self.source(name, WRONG % name)
        self.assert_found_in(*"abcdefgh")
        self.read.clear()
        self.source("c", "\n" + WRONG % "c")
        self.assert_found_in(*"abcdefgh")
        self.assertEqual([str(self.root / "libs/a/src/c.cpp")], self.read)

    def test_a_name_that_another_source_has_too_is_not_shadowed_by_it(self):
        self.plant("CMakeLists.txt", LISTS + "target_compile_options(planted PRIVATE -Wall -Wshadow)\n")
        for name in "abcdefgh":
            content = "const int same = 1;" if name == "a" else f"int {name}(int same) {{ return same; }}"
            self.source(name, f"namespace {{\n{content}\n}}  // namespace\n")
        self.assert_clean()

    def test_sources_that_cannot_stand_together_are_no_finding(self):
        for name in "abcdefgh":
            self.source(name, "namespace {\nstruct Same {};\n}  // namespace\n" + WRONG % name)
        self.assert_found_in(*"abcdefgh")

    def test_a_source_that_does_not_compile_is_told_once_and_the_others_are_read(self):
        for name in "abcdefgh":
            self.source(name, WRONG % name)
        for wrong in ("a", "c"):
            self.source(wrong, "int f() { return nothing; }\n")
            self.assertIn((f"libs/a/src/{wrong}.cpp", 1), [(one.path, one.line) for one in self.findings()])
            self.assertEqual(8, len(self.findings()))
            self.source(wrong, WRONG % wrong)

    def test_a_missing_header_ends_the_reading_of_its_own_source_only(self):
        for name in "abcdefgh":
            self.source(name, WRONG % name)
        for wrong in ("a", "c"):
            self.source(wrong, '#include "missing.hpp"\n')
            findings = self.findings()
            self.assertIn("'missing.hpp' file not found", " ".join(one.what for one in findings))
            self.assertEqual(8, len(findings))
            self.source(wrong, WRONG % wrong)

    # The compiler is silent about errors after a missing header, so what follows has to be read again.
    def test_an_error_after_anothers_missing_header_is_told(self):
        for name in "abcdefgh":
            self.source(name, WRONG % name)
        self.source("c", '#include "missing.hpp"\n')
        self.source("d", "int f() { return nothing; }\n")
        told = [one.what for one in self.findings() if one.path == "libs/a/src/d.cpp"]
        self.assertEqual(["use of undeclared identifier 'nothing' (clang-diagnostic-error)"], told)

    def test_a_header_is_told_of_whoever_includes_it(self):
        self.plant("libs/a/include/y.hpp", "#pragma once\nstruct lower {};\n")
        for name in "abcdefgh":
            self.source(name, '#include "y.hpp"\n')
        self.assert_found(("libs/a/include/y.hpp", 2, "'lower'", "PascalCase"))
        self.source("a", "\n")
        self.assert_found(("libs/a/include/y.hpp", 2, "'lower'", "PascalCase"))

    def test_a_header_that_does_not_compile_is_told_of(self):
        self.plant("libs/a/include/y.hpp", "#pragma once\nint f() { return nothing; }\n")
        for name in "abcdefgh":
            self.source(name, '#include "y.hpp"\n' if name == "d" else WRONG % name)
        findings = self.findings()
        self.assertIn(("libs/a/include/y.hpp", 2), [(one.path, one.line) for one in findings])
        self.assertEqual(8, len(findings))

    def test_a_source_that_the_tool_breaks_down_on_is_named(self):
        for name in "abcdefgh":
            self.source(name, WRONG % name)
        run = clang_tidy.run.side_effect

        def breaks_down(tree, database, file, flags):
            file = Path(file)
            if "f.cpp" in file.read_text() if file.parent.name == "together" else file.name == "f.cpp":
                raise CannotCheck(f"clang-tidy-16 ended with -11 on {file}")
            return run(tree, database, file, flags)

        with mock.patch.object(clang_tidy, "run", side_effect=breaks_down):
            status, _, err = self.run_check("tidy")
        self.assertEqual(2, status)
        self.assertIn("clang-tidy-16 ended with -11 on", err)
        self.assertIn("f.cpp", err)

    def test_sources_of_other_flags_are_not_read_with_these(self):
        self.plant("CMakeLists.txt", LISTS.replace("src/*.cpp", "src/[a-d].cpp")
                   + "add_library(other OBJECT libs/a/src/e.cpp libs/a/src/f.cpp)\n"
                   + "target_compile_definitions(other PRIVATE OTHER)\n")
        for name in "abcdef":
            condition = "#ifdef OTHER\n" if name > "d" else "#ifndef OTHER\n"
            self.source(name, condition + WRONG % name + "#endif\n")
        self.assert_found_in(*"abcdef")


if __name__ == "__main__":
    unittest.main()
