"""What the compiler's own reading of the code tells: function sizes and the checks of .clang-tidy."""

from waybill_check import compilation, together
from waybill_check.finding import Finding

DESCRIPTION = "clang-tidy-16 over every source: functions under 70 lines, and the checks of .clang-tidy"
REMEDIES = {
    "readability-function-size": "split it where it changes its subject",
    "readability-identifier-naming": "write snake_case, types PascalCase, private members with a trailing _",
    "clang-diagnostic-error": "make it compile with clang 16 too; generated headers come from the build",
    "bugprone-use-after-move": "read before the move, or move a copy",
    "performance-inefficient-string-concatenation": "append with +=",
    "performance-no-automatic-move": "return what is not const, so that it is moved",
    "performance-unnecessary-copy-initialization": "hold it by const&",
    "performance-for-range-copy": "take it by const auto&",
}


def check(tree):
    sources = [file for file in tree.of_kind("cpp") if not _in_own_project(tree, file)]
    if not sources:
        return
    database = compilation.Database(tree)
    covered = set()
    units = []
    for file in sources:
        if file.path.endswith(".cpp"):
            unit = database.unit_of(file.path)
            if unit is None:
                yield Finding(file.path, 1, "is compiled by no target",
                              "add it to the SOURCES of its CMakeLists.txt")
            else:
                units.append(unit)
                covered.update(unit.dependencies)
    for file in sources:
        if file.path.endswith(".hpp") and file.path not in covered and database.complete:
            unit = database.unit_including(file.path)
            if unit is None:
                yield Finding(file.path, 1, "is included by nothing that is compiled",
                              "include it where it is needed, or delete it")
            else:
                units.append(unit)
                covered.update(unit.dependencies)
    for one in together.run(tree, database, units):
        remedy = REMEDIES.get(one.check, f"see clang-tidy's page of {one.check}")
        yield Finding(one.path, one.line, f"{one.message} ({one.check})", remedy)


def _in_own_project(tree, file):
    """Whether a folder above it is a CMake project of its own, which this build does not know."""
    for depth in range(1, len(file.folders) + 1):
        lists = tree.by_path.get("/".join((*file.folders[:depth], "CMakeLists.txt")))
        if lists and any(line.lstrip().startswith("project(") for line in lists.lines):
            return True
    return False
