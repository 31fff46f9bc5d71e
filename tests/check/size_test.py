import unittest

from planted import PlantedTree


def python_function(lines, head="def f():"):
    return head + "\n" + "    x = 1\n" * (lines - 1)


class Size(PlantedTree):
    rule = "size"

    def test_a_file_of_401_lines_is_found_and_one_of_400_is_not(self):
        self.plant("libs/a/src/x.cpp", "\n" * 401)
        self.plant("libs/a/src/y.cpp", "\n" * 400)
        self.plant("cmake/x.cmake", "\n" * 400 + "set(a b)")
        self.plant("scripts/run", "#!/bin/bash\n" + "\n" * 400)
        self.plant("libs/a/migrations/001.sql", "\n" * 401)
        self.assert_found(("libs/a/src/x.cpp", 401, "has 401 lines", "split it"),
                          ("cmake/x.cmake", 401, "has 401 lines", "split it"),
                          ("scripts/run", 401, "has 401 lines", "split it"),
                          ("libs/a/migrations/001.sql", 401, "has 401 lines", "split it"))

    def test_what_is_not_code_may_be_long(self):
        self.plant("docs/x.md", ("x" * 200 + "\n") * 500)
        self.plant("proto/topology.json", ("x" * 200 + "\n") * 500)
        self.assert_clean()

    def test_a_line_of_111_columns_is_found_and_one_of_110_is_not(self):
        self.plant("libs/a/src/x.cpp", f"//{'x' * 108}\n//{'x' * 109}\n")
        self.plant("scripts/x.py", f"#{'ä' * 109}\n\n#{'ä' * 110}\n")
        self.plant("CMakeLists.txt", f"#{'x' * 110}\n")
        self.assert_found(("libs/a/src/x.cpp", 2, "is 111 columns wide", "break the line"),
                          ("scripts/x.py", 3, "is 111 columns wide", "break the line"),
                          ("CMakeLists.txt", 1, "is 111 columns wide", "break the line"))

    def test_a_python_function_of_70_lines_is_found_and_one_of_69_is_not(self):
        self.plant("scripts/x.py", "\n" + python_function(70))
        self.plant("scripts/y.py", python_function(69) + "y = 1\n" * 20)
        self.plant("scripts/z", "#!/usr/bin/env python3\n" + python_function(70, "async def g():"))
        self.assert_found(("scripts/x.py", 2, "function 'f' has 70 lines", "split it"),
                          ("scripts/z", 2, "function 'g' has 70 lines", "split it"))


if __name__ == "__main__":
    unittest.main()
