"""How each source is compiled, and which files it stands on: CMake configured for clang 16 in build/check."""

import json
import os
import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from waybill_check.finding import CannotCheck

COMPILER = "clang++-16"
SCANNER = "clang-scan-deps-16"
FOLDER = "build/check"
GENERATED = "generated_sources"
_WORD = re.compile(r"(?:\\[ #\\]|[^\s\\]|\\(?!\n))+")


@dataclass(frozen=True)
class Unit:
    """One translation unit. Paths inside the tree are relative to its root, others are absolute."""

    path: str
    file: str
    flags: tuple
    dependencies: frozenset


class Database:
    """Configures build/check, which costs a second, generates sources, and knows its translation units."""

    def __init__(self, tree):
        self._root = tree.root
        self.folder = tree.root / FOLDER
        if "CMakeLists.txt" not in tree.by_path:
            raise CannotCheck("there is no CMakeLists.txt, so nobody knows how the sources are compiled")
        self._configure()
        self._generate()
        entries = json.loads((self.folder / "compile_commands.json").read_text())
        dependencies = self._scan()
        self._units = {}
        for entry in entries:
            file = os.path.normpath(os.path.join(entry["directory"], entry["file"]))
            path = self._relative(file)
            found = dependencies.get(file, frozenset())
            self._units.setdefault(path, Unit(path, file, _flags(entry["command"]), found))
        # Only when every unit's dependencies are known can it be said that nothing includes a header.
        self.complete = all(unit.dependencies for unit in self._units.values())

    def unit_of(self, path):
        return self._units.get(path)

    def unit_including(self, path):
        """The smallest unit that includes the file: the one that the build wrote to compile it alone."""
        includers = [unit for unit in self._units.values() if path in unit.dependencies]
        return min(includers, key=lambda unit: (len(unit.dependencies), unit.path), default=None)

    def _configure(self):
        settings = {
            "CMAKE_CXX_COMPILER": COMPILER, "CMAKE_BUILD_TYPE": "None", "CMAKE_EXPORT_COMPILE_COMMANDS": "ON",
            "WAYBILL_CCACHE": "OFF", "WAYBILL_TESTS": "ON", "WAYBILL_BENCHMARKS": "ON",
            "WAYBILL_WERROR": "OFF",
        }
        defines = [f"-D{name}={value}" for name, value in settings.items()]
        options = ["-S", self._root, "-B", self.folder, "-G", "Ninja", "--no-warn-unused-cli"]
        result = run_tool(["cmake", *options, *defines])
        if result.returncode != 0:
            raise CannotCheck(f"CMake cannot configure {self.folder}:\n{result.stderr.strip()[-3000:]}")

    def _generate(self):
        """Headers that the build makes must be there before what includes them can be read."""
        if f"build {GENERATED}:" not in (self.folder / "build.ninja").read_text():
            return
        result = run_tool(["cmake", "--build", self.folder, "--target", GENERATED])
        if result.returncode != 0:
            raise CannotCheck(f"{GENERATED} cannot be built in {self.folder}:\n{result.stdout[-3000:]}")

    def _scan(self):
        database = self.folder / "compile_commands.json"
        result = run_tool([SCANNER, "-compilation-database", database, "-format=make", "-j", os.cpu_count()])
        found = {}
        for rule in re.split(r"(?<!\\)\n", result.stdout):
            _, separator, prerequisites = rule.partition(": ")
            words = _WORD.findall(prerequisites.replace("\\\n", " "))
            if separator and words:
                absolute = [os.path.normpath(os.path.join(self.folder, _unescaped(word))) for word in words]
                found[absolute[0]] = frozenset(map(self._relative, absolute))
        return found

    def _relative(self, path):
        root = f"{self._root}{os.sep}"
        inside = path.startswith(root) and not path.startswith(f"{self.folder}{os.sep}")
        return path[len(root):] if inside else path


def _flags(command):
    """The command's words but the compiler, the source, the object and the warnings (g++ warns)."""
    words = shlex.split(command)[1:]
    for option in ("-o", "-c"):
        at = words.index(option)
        del words[at:at + 2]
    return tuple(word for word in words if not word.startswith("-W"))


def _unescaped(word):
    return re.sub(r"\\([ #\\])", r"\1", word)


def run_tool(command, **options):
    command = list(map(str, command))
    try:
        return subprocess.run(command, capture_output=True, text=True, errors="replace", **options)
    except FileNotFoundError:
        raise CannotCheck(f"{Path(command[0]).name} is not installed: run scripts/setup") from None
