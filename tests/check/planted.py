"""A tree made for one test: plant a violation beside its innocent look-alike, and see what a rule says."""

import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "scripts"))

from waybill_check.main import main
from waybill_check.rules import RULES
from waybill_check.tree import Tree


class PlantedTree(unittest.TestCase):
    rule = ""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="planted tree ")
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()

    def plant(self, path, text, executable=False):
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        place.chmod(0o755 if executable else 0o644)

    def findings(self):
        return sorted(RULES[self.rule].check(Tree(self.root)))

    def assert_clean(self):
        self.assertEqual([], [finding.as_line(self.rule) for finding in self.findings()])

    def assert_found(self, *expected):
        """Exactly these, each as (path, line, words of the complaint, words of the remedy)."""
        findings = self.findings()
        listed = "\n".join(finding.as_line(self.rule) for finding in findings)
        places = [(one.path, one.line) for one in findings]
        self.assertEqual(sorted(item[:2] for item in expected), places, listed)
        for finding, (_, _, what, remedy) in zip(findings, sorted(expected)):
            self.assertIn(what, finding.what, listed)
            self.assertIn(remedy, finding.remedy, listed)

    def run_check(self, *words):
        """Exit status, standard output, standard error of scripts/check on this tree."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = main(["--root", str(self.root), *words])
            except SystemExit as ended:
                status = ended.code
        return status, out.getvalue(), err.getvalue()
