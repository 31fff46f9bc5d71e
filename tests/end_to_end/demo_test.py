"""scripts/demo as a person runs it, on the programs that are built."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = os.environ["WAYBILL_BUILD_DIR"]
CUT_SHORT = 120.0


def processes_of(directory):
    """What runs from the directory or has it in its command or environment."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            told = Path(f"/proc/{entry}/environ").read_bytes() + Path(f"/proc/{entry}/cmdline").read_bytes()
            state = Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if str(directory).encode() in told and state != "Z" and int(entry) != os.getpid():
            found.append((int(entry), told[-200:]))
    return found


def eventually(condition, seconds=CUT_SHORT):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


class Demo(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="waybill-demo-"))
        self.root.chmod(0o755)
        self.directory = self.root / "servers"
        self.output = self.root / "output"
        self.process = None
        self.addCleanup(self.remove)

    def remove(self):
        if self.process is not None and self.process.poll() is None:
            # Its services and servers end with it.
            self.process.kill()
            self.process.wait()
        subprocess.run([ROOT / "scripts" / "stack", "--dir", self.directory, "reset"], capture_output=True,
                       check=False)
        shutil.rmtree(self.root, ignore_errors=True)

    def begin(self, *words):
        command = [ROOT / "scripts" / "demo", "--no-build", "--build-dir", BUILD, "--dir", self.directory,
                   *words]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=subprocess.STDOUT, start_new_session=True)

    def told(self):
        return self.output.read_text(errors="replace")

    def assert_ends(self, status):
        self.assertEqual(status, self.process.wait(120), self.told())
        self.assert_nothing_is_left()

    def assert_nothing_is_left(self):
        self.assertTrue(eventually(lambda: not processes_of(self.root), 20), processes_of(self.root))
        self.assertFalse(self.directory.exists() and any(self.directory.iterdir()))

    def test_once_sells_adds_everything_up_and_leaves_nothing_behind(self):
        self.begin("--once", "--orders", "60")
        self.assert_ends(0)
        self.assertIn("it adds up", self.told())
        self.assertNotIn("FAIL", self.told())
        self.assertIn("60 accepted here, 60 listed", self.told())
        came_to = re.search(r"^  order +number +(.*)$", self.told(), re.MULTILINE)[1]
        for end in ("confirmed", "out of stock", "payment declined", "customer request", "timed out"):
            self.assertIn(end, came_to)
        self.assertNotIn("did not end well", self.told())

    def test_stays_up_starts_again_what_is_killed_and_ends_when_interrupted(self):
        self.begin("--orders", "5")
        self.assertTrue(eventually(lambda: "Ctrl-C ends it" in self.told()), self.told())
        os.kill(int((self.root / "servers-shop" / "payment.pid").read_text()), signal.SIGKILL)
        self.assertTrue(eventually(lambda: "shop-payment had ended, and is started again" in self.told()),
                        self.told())
        os.killpg(self.process.pid, signal.SIGINT)
        self.assert_ends(0)

    # Nobody would look for five services that ask for ever after a database that is gone.
    def test_that_is_killed_takes_its_services_and_servers_with_it(self):
        self.begin("--orders", "1")
        self.assertTrue(eventually(lambda: "== orders: 1" in self.told()), self.told())
        self.process.kill()
        self.process.wait()
        self.assert_nothing_is_left()

    def test_a_build_without_the_services_is_told_before_anything_is_started(self):
        self.begin("--build-dir", self.root)
        self.assertEqual(1, self.process.wait(60))
        self.assertIn("bin/shop-order is not there", self.told())
        self.assertFalse(self.directory.exists())

    def test_wrong_usage_is_told_before_anything_is_done(self):
        for words, reason in ((["--onse"], "unknown option '--onse'"), (["--orders"], "needs a value"),
                              (["--orders", "0"], "takes a number from 1 on"),
                              (["--seed", "x"], "takes a number from 0 on")):
            self.begin(*words)
            self.assertEqual(2, self.process.wait(60), self.told())
            self.assertIn(reason, self.told())
            self.assertNotIn("==", self.told())


if __name__ == "__main__":
    unittest.main(verbosity=2)
