import unittest

from planted import PlantedTree


class Workplace(PlantedTree):
    rule = "workplace"

    def test_paths_of_one_machine_are_found_in_any_file(self):
        for path, text in (("docs/x.md", "see /wo" + "rk/x"), ("scripts/x", "cd /ro" + "ot/x"),
                           ("x.yml", "a: /ho" + "me/ann/x"), ("libs/a/src/x.cpp", '"/tmp/w' + 't/a"')):
            self.plant(path, f"\n{text}\n")
        self.assert_found(*((path, 2, "a path of one machine", "relative to the repository")
                            for path in ("docs/x.md", "scripts/x", "x.yml", "libs/a/src/x.cpp")))

    def test_references_to_a_tracker_are_found(self):
        self.plant("README.md", "\n\nAs is" + "sue 12 says\n")
        self.plant("libs/a/src/x.cpp", "// see Iss" + "ue #4\n")
        self.assert_found(("README.md", 3, "a tracker's entry", "ADR"),
                          ("libs/a/src/x.cpp", 1, "a tracker's entry", "ADR"))

    def test_other_paths_and_words_are_not(self):
        self.plant("docs/x.md",
                   "network/root/x https://example.org/root/x ~/work/x /usr/bin /tmp/x ${HOME}/work/x\n"
                   "issues a token; it issues 3 statements\n")
        self.assert_clean()

    def test_what_is_not_text_is_left_alone(self):
        (self.root / "x.bin").write_bytes(b"\0\1/wo" + b"rk/x")
        self.assert_clean()


if __name__ == "__main__":
    unittest.main()
