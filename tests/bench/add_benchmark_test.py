import subprocess
import tempfile
import unittest
from pathlib import Path

from fake_checkout import REPOSITORY

LISTS = """\
cmake_minimum_required(VERSION 3.25)
project(benchmarks CXX)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
list(APPEND CMAKE_MODULE_PATH "%s")
add_library(waybill_warnings INTERFACE)
add_library(used INTERFACE)
target_compile_definitions(used INTERFACE USED)
add_library(waybill::used ALIAS used)
add_library(linked INTERFACE)
target_compile_definitions(linked INTERFACE LINKED)
include(add_benchmark)
add_benchmark(two-words %s main.cpp USES used LINKS linked)
"""


class AddBenchmark(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="add benchmark ")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "bench.json").write_text("{}")
        main = "#if !defined(USED) || !defined(LINKED)\n#error\n#endif\nint main() {}\n"
        (self.root / "main.cpp").write_text(main)

    def configure(self, *options, sources="SOURCES"):
        (self.root / "CMakeLists.txt").write_text(LISTS % (REPOSITORY / "cmake", sources))
        command = ["cmake", "-S", self.root, "-B", self.root / "build", "-G", "Ninja", *options]
        ran = subprocess.run(command, capture_output=True, text=True)
        return ran.returncode, " ".join(ran.stderr.split())

    def test_the_program_is_built_with_what_it_uses_into_bin(self):
        status, told = self.configure("-DWAYBILL_BENCHMARKS=ON")
        self.assertEqual(0, status, told)
        subprocess.run(["cmake", "--build", self.root / "build", "--target", "bench_two_words"], check=True,
                       capture_output=True)
        subprocess.run([self.root / "build/bin/bench_two_words"], check=True)

    def test_nothing_is_made_where_benchmarks_are_off(self):
        status, told = self.configure("-DWAYBILL_BENCHMARKS=OFF")
        self.assertEqual(0, status, told)
        self.assertNotIn("bench_two_words", (self.root / "build/build.ninja").read_text())

    def test_a_benchmark_without_its_description_is_refused(self):
        (self.root / "bench.json").unlink()
        status, told = self.configure("-DWAYBILL_BENCHMARKS=ON")
        self.assertNotEqual(0, status)
        self.assertIn("add_benchmark(two-words):", told)
        self.assertIn("docs/benchmarks.md shows its format", told)

    def test_a_word_that_it_does_not_know_is_refused(self):
        status, told = self.configure(sources="MAIN")
        self.assertNotEqual(0, status)
        self.assertIn("needs SOURCES, and knows no: MAIN;main.cpp", told)


if __name__ == "__main__":
    unittest.main()
