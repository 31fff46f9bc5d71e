import unittest

from planted import PlantedTree


class Names(PlantedTree):
    rule = "names"

    def test_vague_files_and_folders_are_found(self):
        for path in ("libs/base/src/utils.cpp", "libs/base/src/string_utils.hpp", "scripts/common.sh",
                     "libs/helpers/src/x.cpp", "tests/pool-manager.py"):
            self.plant(path, "\n")
        self.assert_found(*((path, 1, "says nothing", "name it after") for path in (
            "libs/base/src/utils.cpp", "libs/base/src/string_utils.hpp", "scripts/common.sh",
            "libs/helpers/src/x.cpp", "tests/pool-manager.py")))

    def test_vague_types_and_namespaces_are_found(self):
        self.plant("libs/base/src/x.cpp",
                   "namespace waybill::utils {\nclass ConnectionManager {};\nstruct HTTPHelper;\n}\n")
        self.assert_found(("libs/base/src/x.cpp", 1, "'waybill::utils'", "name it after"),
                          ("libs/base/src/x.cpp", 2, "'ConnectionManager'", "name it after"),
                          ("libs/base/src/x.cpp", 3, "'HTTPHelper'", "name it after"))

    def test_names_that_only_contain_the_letters_are_not(self):
        self.plant("libs/base/src/commonality.cpp",
                   "// class PoolManager\nstruct Uncommon {};\nauto t = \"class Utils\";\n")
        self.plant("libs/base/src/managed_pool.cpp", "class Management {};\n")
        self.assert_clean()


if __name__ == "__main__":
    unittest.main()
