import subprocess
import unittest
from unittest import mock

from planted import REPOSITORY, PlantedTree
from waybill_check.rules import RULES, names

QUICK = [name for name in RULES if name not in ("format", "tidy")]


class Main(PlantedTree):
    def git(self, *words):
        subprocess.run(["git", "-C", self.root, *words], check=True, capture_output=True)

    def setUp(self):
        super().setUp()
        self.plant("cmake/layers.cmake", "waybill_layer(base)\n")

    def test_a_clean_tree_ends_with_0_and_a_summary(self):
        status, out, _ = self.run_check(*QUICK)
        self.assertEqual(0, status)
        self.assertRegex(out, rf"^check: 0 findings in 1 file by {len(QUICK)} rules, [\d.]+ s\n$")

    def test_each_finding_is_a_line_with_place_rule_complaint_and_remedy(self):
        self.plant("libs/base/src/utils.cpp", "\n")
        status, out, _ = self.run_check(*QUICK)
        self.assertEqual(1, status)
        self.assertIn("libs/base/src/utils.cpp:1: [names] 'utils' says nothing of what is inside; "
                      "name it after the one concept that it is\n", out)
        self.assertIn("check: 1 finding in 2 files", out)

    def test_only_the_rules_asked_for_are_run(self):
        self.plant("libs/base/src/utils.cpp", "using namespace std;\n")
        _, out, _ = self.run_check("idioms")
        self.assertIn("[idioms]", out)
        self.assertNotIn("[names]", out)

    def test_an_unknown_rule_is_refused_with_the_known_ones(self):
        status, _, err = self.run_check("idiom")
        self.assertEqual(2, status)
        self.assertIn("no rule is called idiom; the rules are: layering, ", err)

    def test_a_rule_that_breaks_down_ends_with_2_and_the_others_still_speak(self):
        self.plant("libs/base/src/x.cpp", "using namespace std;\n")
        with mock.patch.object(names, "check", side_effect=ValueError("a bug")):
            status, out, err = self.run_check("names", "idioms")
        self.assertEqual(2, status)
        self.assertIn("names broke down", err)
        self.assertIn("[idioms]", out)
        self.assertIn("could not check names", out)

    def test_list_names_every_rule(self):
        status, out, _ = self.run_check("--list")
        self.assertEqual(0, status)
        self.assertEqual(list(RULES), [line.split()[0] for line in out.splitlines()])

    def test_a_checkout_is_asked_for_its_files(self):
        self.plant(".gitignore", "/made/\n")
        self.plant("made/utils.cpp", "\n")
        self.plant("tracked/utils.cpp", "\n")
        self.plant("new/utils.cpp", "\n")
        self.plant("gone/utils.cpp", "\n")
        self.git("init")
        self.git("add", "tracked", "gone")
        (self.root / "gone/utils.cpp").unlink()
        _, out, err = self.run_check("names")
        self.assertIn("tracked/utils.cpp:1", out)
        self.assertIn("new/utils.cpp:1", out)
        self.assertIn("check: 2 findings", out)
        self.assertEqual("", err)

    def test_a_tree_without_git_is_walked_and_that_is_said(self):
        self.plant("libs/utils.cpp", "\n")
        self.plant("build/dev/utils.cpp", "\n")
        self.plant("var/utils.cpp", "\n")
        _, out, err = self.run_check("names")
        self.assertIn("check: 1 finding", out)
        self.assertIn("no git checkout: looking at every file outside", err)

    def test_a_checkout_that_git_cannot_read_is_walked_and_that_is_said(self):
        self.plant(".git", "gitdir: nowhere\n")
        self.plant("libs/utils.cpp", "\n")
        _, out, err = self.run_check("names")
        self.assertIn("check: 1 finding", out)
        self.assertIn("git cannot list this checkout (fatal: ", err)

    def test_the_program_runs_and_answers_help(self):
        program = REPOSITORY / "scripts/check"
        helped = subprocess.run([program, "--help"], capture_output=True, text=True)
        self.assertEqual(0, helped.returncode)
        self.assertIn("--fix", helped.stdout)
        self.plant("libs/utils.cpp", "\n")
        ran = subprocess.run([program, "--root", self.root, "names"], capture_output=True, text=True)
        self.assertEqual(1, ran.returncode)
        self.assertIn("libs/utils.cpp:1: [names]", ran.stdout)


if __name__ == "__main__":
    unittest.main()
