"""A checkout with fake benchmarks, which say what a test lets them say, and a fake scripts/stack."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
BENCH = REPOSITORY / "scripts/bench"
sys.path.insert(0, str(REPOSITORY / "scripts"))

# Each run takes the next line of its side's script, and tells the log that it ran.
PROGRAM = """\
#!/usr/bin/env python3
import os, pathlib, sys
here = pathlib.Path({root!r})
side = sys.argv[1]
with (here / "log").open("a") as log:
    print({name!r}, *sys.argv[1:], os.environ.get("WAYBILL_POSTGRES_URL", "no servers"), file=log)
script = here / f"{name}.{{side}}"
now, _, rest = script.read_text().partition("\\n---\\n")
script.write_text(rest)
exec(now)
"""

STACK = """\
#!/bin/bash
echo "stack $*" >> "{root}/log"
case "$*" in
  *" env --json") echo '{{"WAYBILL_POSTGRES_URL": "postgresql://fake", "WAYBILL_RABBITMQ_URL": null}}' ;;
  *" up "*) exit {up} ;;
esac
"""


class FakeCheckout(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="fake checkout ")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        self.stack(up=0)

    def stack(self, up):
        self._program("scripts/stack", STACK.format(root=self.root, up=up))

    def describe(self, name, metrics, **more):
        place = self.root / f"tests/bench/{name}/bench.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        told = {"about": f"about {name}", "executable": f"bench_{name}", "metrics": metrics, **more}
        place.write_text(json.dumps({key: value for key, value in told.items() if value is not None}))

    def metric(self, name="speed", unit="msg/s", better="higher", goal=0.9):
        return {"metric": name, "unit": unit, "better": better, "goal": goal}

    def program(self, name, ours, floor):
        """What each run of a side does: a value to report as `speed`, or Python to execute."""
        self._program(f"build/release/bin/bench_{name}", PROGRAM.format(root=str(self.root), name=name))
        for side, runs in (("ours", ours), ("floor", floor)):
            script = "\n---\n".join(run if isinstance(run, str) else self.says(speed=run) for run in runs)
            (self.root / f"{name}.{side}").write_text(script)

    def says(self, unit="msg/s", **values):
        return "\n".join(f"print('{json.dumps({'metric': name, 'unit': unit, 'value': value})}')"
                         for name, value in values.items())

    def start(self, *words):
        return subprocess.Popen([BENCH, "--root", self.root, "--no-build", *words], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def bench(self, *words):
        process = self.start(*words)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def figures(self, *words):
        status, out, err = self.bench("--json", str(self.root / "figures"), *words)
        place = self.root / "figures"
        self.assertTrue(place.exists(), err)
        return status, [json.loads(line) for line in place.read_text().splitlines()], out, err

    def log(self):
        place = self.root / "log"
        return place.read_text().splitlines() if place.exists() else []

    def _program(self, path, text):
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        place.chmod(0o755)
