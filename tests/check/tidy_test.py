import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

from planted import REPOSITORY, PlantedTree
from waybill_check import clang_tidy, compilation, remembered

LISTS = """\
cmake_minimum_required(VERSION 3.25)
project(planted CXX)
set(CMAKE_CXX_STANDARD 20)
add_library(planted OBJECT libs/a/src/x.cpp)
target_include_directories(planted PRIVATE libs/a/include)
"""


def function(lines, head="int long_one(int x) {", end="  return x;\n}\n"):
    return head + "\n" + "  // why\n" * (lines - 2 - end.count("\n") + 1) + end


class Tidy(PlantedTree):
    rule = "tidy"
    source = "libs/a/src/x.cpp"

    def setUp(self):
        super().setUp()
        self.plant("CMakeLists.txt", LISTS)
        self.plant(".clang-tidy", (REPOSITORY / ".clang-tidy").read_text())

    def test_functions_are_measured_by_the_compiler(self):
        method = function(70, "static int in_header(int x) {")
        self.plant("libs/a/include/y.hpp", "#pragma once\nstruct Y {\n" + method + "};\n")
        self.plant(self.source, '#include "y.hpp"\n' + function(69) + "".join(
            f"int g{number}(int x) {{\n  return x;\n}}\n" for number in range(40)))
        self.assert_found(("libs/a/include/y.hpp", 3,
                           "function 'in_header' has 70 lines, it must be under 70", "split it"))

    # What includes a generated header is otherwise read without it, and only broken off.
    def test_sources_that_the_build_generates_are_there(self):
        self.plant("made.txt", "int made();\n")
        self.plant("CMakeLists.txt", LISTS + """\
add_custom_command(OUTPUT made.hpp COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_SOURCE_DIR}/made.txt made.hpp)
add_custom_target(generated_sources DEPENDS made.hpp)
target_include_directories(planted SYSTEM PRIVATE ${CMAKE_BINARY_DIR})
""")
        self.plant(self.source, '#include "made.hpp"\nint use() { return made(); }\n')
        self.assert_clean()

    def test_coroutines_count(self):
        self.plant(self.source, """\
#include <coroutine>
struct Task {
  struct promise_type {
    Task get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};
""" + function(80, "Task run() {", "  co_return;\n}\n"))
        self.assert_found((self.source, 11, "'run' has 80 lines", "split it"))

    def test_tests_count_whose_bodies_are_written_by_a_macro(self):
        self.plant(self.source, "#include <gtest/gtest.h>\nTEST(Suite, is_short) {\n  EXPECT_EQ(1, 1);\n}\n"
                   + function(75, "TEST(Suite, is_long) {", "  EXPECT_EQ(1, 1);\n}\n"))
        self.assert_found((self.source, 5, "'TEST(Suite, is_long)' has 75 lines", "split it"))

    def test_what_other_peoples_macros_write_is_not_ours(self):
        others = tempfile.TemporaryDirectory()
        self.addCleanup(others.cleanup)
        moves_twice = "inline void {}(std::string s) {{ take(std::move(s)); take(s); }}\n"
        (Path(others.name) / "others.h").write_text("#define OTHERS " + moves_twice.format("theirs"))
        include = f"target_include_directories(planted SYSTEM PRIVATE {others.name})\n"
        self.plant("CMakeLists.txt", LISTS + include)
        begin = "#include <others.h>\n#include <string>\n#include <utility>\nvoid take(std::string s);\n"
        self.plant(self.source, f"{begin}OTHERS\n")
        self.assert_clean()
        self.plant(self.source, f"{begin}#define OURS {moves_twice.format('ours')}OURS\n")
        self.assert_found((self.source, 6, "bugprone-use-after-move", "read before the move"))

    def test_the_other_checks_of_clang_tidy_are_made(self):
        self.plant(self.source, "#include <string>\n#include <utility>\nvoid take(std::string s);\n"
                   "void f(std::string s) {\n  take(std::move(s));\n  take(s);\n}\nstruct lower {};\n")
        self.assert_found((self.source, 6, "bugprone-use-after-move", "read before the move"),
                          (self.source, 8, "readability-identifier-naming", "PascalCase"))

    def test_what_does_not_compile_is_found(self):
        self.plant(self.source, '\n#include "generated.hpp"\n')
        self.assert_found((self.source, 2, "'generated.hpp' file not found", "make it compile"))

    def test_a_source_of_no_target_and_a_header_of_no_source_are_found(self):
        self.plant(self.source, "\n")
        self.plant("libs/a/src/stray.cpp", "\n")
        self.plant("libs/a/include/stray.hpp", "#pragma once\n")
        self.assert_found(("libs/a/src/stray.cpp", 1, "compiled by no target", "SOURCES"),
                          ("libs/a/include/stray.hpp", 1, "included by nothing", "include it where"))

    def test_a_project_of_its_own_is_left_to_itself(self):
        self.plant(self.source, "\n")
        self.plant("tests/install/CMakeLists.txt", "project(user CXX)\n")
        self.plant("tests/install/main.cpp", "int main() {}\n")
        self.assert_clean()

    def test_a_header_compiled_alone_by_the_build_is_looked_into(self):
        self.plant("CMakeLists.txt", LISTS
                   + "file(WRITE ${CMAKE_BINARY_DIR}/alone.cpp \"#include \\\"alone.hpp\\\"\\n\")\n"
                   "target_sources(planted PRIVATE ${CMAKE_BINARY_DIR}/alone.cpp)\n")
        self.plant(self.source, "\n")
        self.plant("libs/a/include/alone.hpp", "#pragma once\nstruct lower {};\n")
        self.assert_found(("libs/a/include/alone.hpp", 2, "invalid case style", "PascalCase"))

    def test_what_did_not_change_is_remembered_and_what_did_is_looked_at_again(self):
        self.plant("libs/a/include/y.hpp", "#pragma once\n")
        self.plant(self.source, '#include "y.hpp"\nstruct lower {};\n')
        complaint = (self.source, 2, "readability-identifier-naming", "PascalCase")
        self.assert_found(complaint)
        with mock.patch.object(clang_tidy, "run", side_effect=AssertionError("was looked at again")):
            self.assert_found(complaint)
        self.plant("libs/a/include/y.hpp", "#pragma once\nstruct also_lower {};\n")
        self.assert_found(complaint, ("libs/a/include/y.hpp", 2, "readability-identifier-naming",
                                      "PascalCase"))
        self.plant(".clang-tidy", "Checks: '-*,readability-function-size'\n")
        self.assert_clean()
        self.plant("CMakeLists.txt", LISTS + "target_compile_definitions(planted PRIVATE lower=Upper)\n")
        self.plant(".clang-tidy", (REPOSITORY / ".clang-tidy").read_text())
        self.plant("libs/a/include/y.hpp", "#pragma once\n")
        self.assert_clean()

    def test_old_memories_are_forgotten(self):
        self.plant(self.source, "\n")
        self.assert_clean()
        cache = self.root / "build/check/cache"
        self.assertEqual(1, len(list(cache.iterdir())))
        self.plant(self.source, "\n\n")
        later = time.time() + (remembered.KEPT_DAYS + 1) * 86_400
        with mock.patch.object(remembered.time, "time", return_value=later):
            self.assert_clean()
        self.assertEqual([], list(cache.iterdir()))

    def test_a_missing_tool_is_no_silent_pass(self):
        self.plant(self.source, "\n")
        for module, name in ((clang_tidy, "TOOL"), (compilation, "SCANNER")):
            with mock.patch.object(module, name, "tool-of-nowhere"):
                status, _, err = self.run_check("tidy")
            self.assertEqual(2, status)
            self.assertIn("tool-of-nowhere is not installed: run scripts/setup", err)

    def test_a_tree_that_cannot_be_configured_is_no_silent_pass(self):
        self.plant(self.source, "\n")
        self.plant("CMakeLists.txt", LISTS + 'message(FATAL_ERROR "no such module")\n')
        status, _, err = self.run_check("tidy")
        self.assertEqual(2, status)
        self.assertIn("no such module", err)
        (self.root / "CMakeLists.txt").unlink()
        status, _, err = self.run_check("tidy")
        self.assertEqual(2, status)
        self.assertIn("there is no CMakeLists.txt", err)


if __name__ == "__main__":
    unittest.main()
