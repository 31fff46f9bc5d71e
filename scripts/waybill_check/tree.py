"""The files that are looked at: what git tracks or would track, or everything where there is no git."""

import os
import subprocess
from functools import cached_property
from pathlib import Path

KINDS = {
    ".cpp": "cpp", ".hpp": "cpp", ".h": "cpp", ".cc": "cpp", ".ipp": "cpp",
    ".py": "python", ".sh": "shell", ".cmake": "cmake", ".md": "markdown", ".sql": "sql", ".proto": "proto",
}
CODE = {"cpp", "python", "shell", "cmake", "sql", "proto"}
NEVER = {".git", "build", "var", "__pycache__", ".cache", "node_modules"}


class SourceFile:
    def __init__(self, root: Path, path: str):
        self.path = path
        self.absolute = root / path

    @cached_property
    def bytes(self) -> bytes:
        return self.absolute.read_bytes()

    @cached_property
    def text(self) -> str:
        return self.bytes.decode("utf-8", errors="replace")

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def is_binary(self) -> bool:
        return b"\0" in self.bytes[:8000]

    @cached_property
    def interpreter(self) -> str:
        """The program that the first line names: 'python3', 'bash'; empty when there is no such line."""
        if not self.bytes.startswith(b"#!"):
            return ""
        words = self.lines[0][2:].split()
        if not words:
            return ""
        first = os.path.basename(words[0])
        return words[1] if first == "env" and len(words) > 1 else first

    @cached_property
    def kind(self) -> str:
        """What it is written in: cpp, python, shell, cmake, sql, proto, markdown, or empty for the rest."""
        name = os.path.basename(self.path)
        if name == "CMakeLists.txt" or name.endswith(".cmake.in"):
            return "cmake"
        suffix = os.path.splitext(name)[1]
        if suffix in KINDS:
            return KINDS[suffix]
        if self.interpreter.startswith("python"):
            return "python"
        return "shell" if self.interpreter in ("bash", "sh", "dash") else ""

    @property
    def is_code(self) -> bool:
        return self.kind in CODE

    @property
    def folders(self) -> list[str]:
        return self.path.split("/")[:-1]

    def line_of(self, offset: int) -> int:
        return self.text.count("\n", 0, offset) + 1


class Tree:
    """The files below a root. `note` says how they were found, where that is not by git."""

    def __init__(self, root: Path):
        self.root = root.resolve()
        self.note = ""
        paths = self._by_git()
        if paths is None:
            paths = self._by_walking()
        self.files = [SourceFile(self.root, path) for path in sorted(set(paths)) if self._is_file(path)]
        self.by_path = {file.path: file for file in self.files}
        self.directories = {
            "/".join(file.folders[:depth]) for file in self.files for depth in range(len(file.folders) + 1)
        }

    def of_kind(self, *kinds: str) -> list[SourceFile]:
        return [file for file in self.files if file.kind in kinds]

    def _is_file(self, path: str) -> bool:
        absolute = self.root / path
        return absolute.is_file() and not absolute.is_symlink()

    def _by_git(self):
        if not (self.root / ".git").exists():
            self.note = f"no git checkout: {self._everything()}"
            return None
        command = ["git", "-C", self.root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        try:
            listed = subprocess.run(command, capture_output=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError) as error:
            why = (getattr(error, "stderr", b"") or str(error).encode()).decode(errors="replace").strip()
            self.note = f"git cannot list this checkout ({why.splitlines()[0]}): {self._everything()}"
            return None
        return [path for path in listed.decode("utf-8", errors="surrogateescape").split("\0") if path]

    @staticmethod
    def _everything():
        return "looking at every file outside " + ", ".join(sorted(NEVER))

    def _by_walking(self):
        for folder, subfolders, names in os.walk(self.root):
            subfolders[:] = sorted(set(subfolders) - NEVER)
            for name in names:
                yield os.path.relpath(os.path.join(folder, name), self.root)
