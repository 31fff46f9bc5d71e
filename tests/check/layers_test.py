import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from planted import REPOSITORY


class Layers(unittest.TestCase):
    """add_module() refuses, when configuring, what would turn the dependencies round."""

    def configure(self, **settings):
        build = Path(tempfile.mkdtemp(prefix="layers "))
        self.addCleanup(shutil.rmtree, build)
        defines = [f"-D{name}={value}" for name, value in settings.items()]
        ran = subprocess.run(["cmake", "-S", REPOSITORY / "tests/check/layers", "-B", build, "-G", "Ninja",
                              *defines],
                             capture_output=True, text=True)
        return ran.returncode, " ".join(ran.stderr.split())

    def assert_refused(self, *words, **settings):
        status, told = self.configure(**settings)
        self.assertNotEqual(0, status)
        for word in words:
            self.assertIn(word, told)

    def test_what_is_below_may_be_used_directly_or_through_others(self):
        status, told = self.configure(MODULE="postgres", USES="runtime;base")
        self.assertEqual(0, status, told)

    def test_what_is_above_is_refused_with_the_allowed_and_the_remedy(self):
        self.assert_refused("add_module(base): 'base' may not use 'message'", "'message' is not below 'base'",
                            "Move the code down, or change cmake/layers.cmake with the reason in an ADR",
                            MODULE="base", USES="message")
        self.assert_refused("'message' may not use 'postgres'", "It may use: base",
                            MODULE="message", USES="base;postgres")

    def test_what_stands_beside_is_refused(self):
        self.assert_refused("'postgres' may not use 'amqp'", MODULE="postgres", USES="amqp")

    def test_a_module_that_uses_itself_or_an_unknown_one_is_refused(self):
        self.assert_refused("'runtime' may not use 'runtime'", MODULE="runtime", USES="runtime")
        self.assert_refused("'runtime' may not use 'kafka'", MODULE="runtime", USES="kafka")

    def test_a_module_without_a_layer_is_refused(self):
        self.assert_refused("add_module(kafka): the module has no layer", "declare it in cmake/layers.cmake",
                            MODULE="kafka", USES="base")

    def test_a_layer_on_one_that_is_not_declared_yet_is_refused(self):
        self.assert_refused("'first' stands on 'second', which has no layer yet", "declare 'second' above it",
                            MODULE="base", USES="", DECLARE="first ABOVE second")


if __name__ == "__main__":
    unittest.main()
