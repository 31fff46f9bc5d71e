"""How scripts/stack starts a server that ends while it is starting. The servers here are stand-ins."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from waybill_stack import launch, rabbitmq
from waybill_stack.failure import Failure
from waybill_stack.server import Server
from waybill_stack.state import State

TOO_EARLY = ("2026-01-02 03:04:05+00:00 [notice] <0.44.0> Application rabbit exited with reason: "
             "{{incompatible_feature_flags,{badrpc,{'EXIT',{{badmap,undefined},[{maps,get,")


class StandIn(Server):
    """Ends at once, `failures` times; then it stays."""

    kind, name, port_names = "postgres", "stand-in", []

    def __init__(self, state, failures, cause):
        super().__init__(state)
        self.left, self.cause, self.starts = failures, cause, 0

    home = property(lambda self: self.state.directory)
    log_files = property(lambda self: [self.home / "log"])
    address = property(lambda self: "nowhere")

    def version(self):
        return "1"

    def prepare(self):
        pass

    def spawn(self):
        self.starts += 1
        self.left -= 1
        return self._launch(["/bin/sleep", "0" if self.left >= 0 else "60"], self.name, self.home / "log")

    def is_ready(self, pid):
        return self.left < 0

    def ask_to_stop(self, family):
        pass

    def passing_cause(self):
        return self.cause


class Start(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="waybill launch test ")
        self.addCleanup(self.folder.cleanup)
        self.state = State(Path(self.folder.name))

    def test_is_tried_again_after_a_passing_cause(self):
        server = StandIn(self.state, 2, "asked too early")
        self.addCleanup(launch.kill, server)
        self.assertTrue(launch.start(server))
        self.assertEqual(server.starts, 3)

    def test_is_given_up_when_the_cause_does_not_pass(self):
        server = StandIn(self.state, 99, "asked too early")
        with self.assertRaisesRegex(Failure, "stand-in ended while starting"):
            launch.start(server)
        self.assertLess(server.starts, 10)

    def test_is_not_tried_again_without_a_cause(self):
        server = StandIn(self.state, 1, "")
        with self.assertRaisesRegex(Failure, "stand-in ended while starting"):
            launch.start(server)
        self.assertEqual(server.starts, 1)

    def test_of_a_node_knows_the_feature_flags_that_were_asked_for_too_early(self):
        node = rabbitmq.RabbitNode(self.state, 3)
        node.log_files[0].parent.mkdir(parents=True)
        self.assertEqual(node.passing_cause(), "")
        node.log_files[0].write_text("\n".join(["[info] starting", TOO_EARLY]), encoding="utf-8")
        self.assertIn("too early", node.passing_cause())
        node.log_files[0].write_text("[error] the port is taken", encoding="utf-8")
        self.assertEqual(node.passing_cause(), "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
