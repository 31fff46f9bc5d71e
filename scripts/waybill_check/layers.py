"""The modules of libs/ and what each may use, as cmake/layers.cmake and their CMakeLists.txt say."""

import re

from waybill_check.finding import CannotCheck
from waybill_check.tree import Tree

LAYERS = "cmake/layers.cmake"
_LAYER = re.compile(r"^[ \t]*waybill_layer\(\s*(\w+)(?:\s+ABOVE\s+([\w\s]+?))?\s*\)", re.MULTILINE)
_MODULE = re.compile(r"^[ \t]*add_module\(\s*(\w+)", re.MULTILINE)
_COMMENT = re.compile(r"#[^\n]*")


class Layers:
    """Which module stands on which, and which module a file or a public header belongs to."""

    def __init__(self, tree: Tree):
        if LAYERS not in tree.by_path:
            raise CannotCheck(f"{LAYERS} is missing: it declares the modules and what each stands on")
        self.below: dict[str, set[str]] = {}
        for name, above in _LAYER.findall(_COMMENT.sub("", tree.by_path[LAYERS].text)):
            direct = set(above.split())
            self.below[name] = direct.union(*(self.below.get(lower, set()) for lower in direct))
        if not self.below:
            raise CannotCheck(f"{LAYERS} declares no waybill_layer(NAME ABOVE …)")
        self.folders = dict(_module_folders(tree))
        self.headers = dict(self._public_headers(tree))

    def module_of(self, path: str) -> str:
        """The module whose folder holds the file; empty outside libs/ and in a folder without a module."""
        parts = path.split("/")
        for depth in range(len(parts) - 1, 1, -1):
            folder = "/".join(parts[:depth])
            if folder in self.folders:
                return self.folders[folder]
        return parts[1] if parts[0] == "libs" and len(parts) > 2 else ""

    def module_of_include(self, name: str) -> str:
        """The module of `waybill/<m>/…`; empty for any other header, and for what protoc generates."""
        if name in self.headers:
            return self.headers[name]
        parts = name.split("/")
        if name.endswith((".pb.h", ".contract.hpp")):
            return ""
        return parts[1] if parts[0] == "waybill" and len(parts) > 2 else ""

    def _public_headers(self, tree: Tree):
        for file in tree.of_kind("cpp"):
            parts = file.path.split("/")
            if parts[0] == "libs" and "include" in parts:
                yield "/".join(parts[parts.index("include") + 1:]), self.module_of(file.path)


def _module_folders(tree: Tree):
    for file in tree.of_kind("cmake"):
        if file.path.startswith("libs/") and file.path.endswith("/CMakeLists.txt"):
            match = _MODULE.search(_COMMENT.sub("", file.text))
            if match:
                yield "/".join(file.folders), match.group(1)
