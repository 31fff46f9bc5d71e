import unittest
from unittest import mock

from planted import PlantedTree
from waybill_check.rules import scripts

GOOD = "#!/bin/bash\nif [[ ${1:-} == --help ]]; then echo usage; exit 0; fi\nexit 3\n"


class Scripts(PlantedTree):
    rule = "scripts"

    def test_good_scripts_are_fine(self):
        self.plant("scripts/good", GOOD, executable=True)
        self.plant("scripts/inner/x.py", "x = 1\n")
        self.plant("scripts/packages.txt", "g++\n")
        self.plant(".ci/run", "#!/bin/bash\nexit 1\n", executable=True)
        self.assert_clean()

    def test_python_that_does_not_parse_is_found(self):
        self.plant("tests/x.py", "x = 1\ndef f(:\n")
        self.plant("scripts/inner/tool", "#!/usr/bin/env python3\nx = = 1\n", executable=True)
        self.assert_found(("tests/x.py", 2, "Python cannot read it", "correct the syntax"),
                          ("scripts/inner/tool", 2, "Python cannot read it", "correct the syntax"))

    def test_bash_that_does_not_parse_is_found(self):
        self.plant(".ci/run", "#!/bin/bash\necho a\nif true; then\n\n)\n", executable=True)
        self.assert_found((".ci/run", 5, "bash -n refuses it", "correct the syntax"))

    def test_wrong_executable_bits_are_found_both_ways(self):
        self.plant("scripts/closed", GOOD)
        self.plant("scripts/x.py", "x = 1\n", executable=True)
        self.assert_found(("scripts/closed", 1, "cannot be executed", "chmod +x scripts/closed"),
                          ("scripts/x.py", 1, "does not begin with #!", "chmod -x scripts/x.py"))

    def test_a_script_without_help_is_found(self):
        self.plant("scripts/fails", "#!/bin/bash\nexit 3\n", executable=True)
        self.plant("scripts/silent", "#!/bin/bash\n", executable=True)
        self.plant("scripts/nowhere", "#!/usr/nowhere/bash\n", executable=True)
        # An interpreter that is not there cannot be asked to parse the file either.
        with mock.patch.object(scripts, "_shell", lambda file: ()):
            self.assert_found(("scripts/fails", 1, "--help ended with status 3", "answer --help"),
                              ("scripts/silent", 1, "--help printed nothing", "answer --help"),
                              ("scripts/nowhere", 1, "cannot be run", "an installed interpreter"))

    def test_a_script_that_hangs_is_found(self):
        self.plant("scripts/hangs", "#!/bin/bash\nexec tail -f /dev/null\n", executable=True)
        with mock.patch.object(scripts, "HELP_SECONDS", 0.2):
            self.assert_found(("scripts/hangs", 1, "--help took more than", "answer --help"))

    def test_a_missing_shell_is_no_silent_pass(self):
        self.plant("tool.sh", "#!/usr/bin/env fish-of-nowhere\n", executable=True)
        status, _, err = self.run_check("scripts")
        self.assertEqual(2, status)
        self.assertIn("'fish-of-nowhere', which is not installed: run scripts/setup", err)


if __name__ == "__main__":
    unittest.main()
