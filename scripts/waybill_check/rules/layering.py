"""Modules include only what is below them, as cmake/layers.cmake says.

CMake refuses an upward link, but an upward include of a header alone compiles without one."""

import posixpath

from waybill_check import cpp_text
from waybill_check.finding import Finding
from waybill_check.layers import LAYERS, Layers

DESCRIPTION = "modules include only what cmake/layers.cmake puts below them"
FOR_TESTS = {"testkit", "servers", "simulate"}


def check(tree):
    layers = Layers(tree)
    for file in tree.of_kind("cpp"):
        if not file.path.startswith("libs/"):
            continue
        module = layers.module_of(file.path)
        if module not in layers.below:
            yield Finding(file.path, 1, f"module '{module}' has no layer", f"declare it in {LAYERS}")
            continue
        for include in cpp_text.includes(cpp_text.split(file.text).code):
            yield from _check_include(layers, file, module, include)


def _check_include(layers, file, module, include):
    if include.quoted and include.name.startswith("../"):
        target = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), include.name))
        if layers.module_of(target) != module:
            yield Finding(file.path, include.line, f'"{include.name}" reaches into another module\'s folder',
                          "include its public header as waybill/<module>/…")
        return
    used = layers.module_of_include(include.name)
    allowed = layers.below[module] | {module}
    if "tests" in file.folders:
        allowed = allowed | FOR_TESTS
    if used and used not in allowed:
        yield Finding(file.path, include.line,
                      f"'{module}' may not include '{include.name}': '{used}' is not below it",
                      f"move the code down, or change {LAYERS} with the reason in an ADR "
                      f"(it may include: {', '.join(sorted(allowed))})")
