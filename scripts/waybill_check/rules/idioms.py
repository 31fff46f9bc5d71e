"""Idioms that compile and then hurt, each with what to use instead."""

import ast
import re
from dataclasses import dataclass
from typing import Callable

from waybill_check import lambdas
from waybill_check.finding import Finding
from waybill_check.parts import parts_of

DESCRIPTION = "no sleeps, wall clocks, stray threads, capturing coroutine lambdas, notes, skipped tests"


def _outside(*prefixes: str, tests: bool = False) -> Callable:
    """A file that is below none of the prefixes, and (tests=True) in no folder of tests."""
    return lambda file: not file.path.startswith(prefixes) and not (tests and "tests" in file.folders)


def _anywhere(_file) -> bool:
    return True


@dataclass(frozen=True)
class Idiom:
    pattern: re.Pattern
    what: str
    remedy: str
    banned_in: Callable = _anywhere


CPP_CODE = (
    Idiom(re.compile(r"\b(?:sleep_for|sleep_until|usleep|nanosleep)\s*[(<]|(?<![\w.>])sleep\s*\("),
          "sleeps",
          "wait for the thing itself (a condition variable, a timer); in tests testkit::eventually",
          _outside("libs/testkit/")),
    Idiom(re.compile(r"\bsystem_clock::now\b|\bgettimeofday\b|\bCLOCK_REALTIME\b|"
                     r"\btime\s*\(\s*(?:nullptr|NULL|0)\s*\)"),
          "reads the machine's wall clock", "take a base::Clock and ask it for wall()",
          _outside("libs/base/")),
    Idiom(re.compile(r"\bstd::j?thread\b(?!\s*::)|\bpthread_create\b|\bstd::async\b"),
          "starts a thread", "use runtime's event loop or blocking pool",
          _outside("libs/runtime/", "libs/amqp/", "libs/testkit/", tests=True)),
    Idiom(re.compile(r"(?:\.|->)\s*detach\s*\(\s*\)"),
          "detaches a thread", "keep it and join it when its owner ends"),
    Idiom(re.compile(r"\busing\s+namespace\s+(?:::)?std\s*;"),
          "opens all of std", "name what is used: std::…"),
    Idiom(re.compile(r"\bGTEST_SKIP\b|\bDISABLED_\w+"), "skips a test",
          "make it pass, or delete it; a missing server is a failure with a clear message"),
)
PYTHON_CODE = (
    Idiom(re.compile(r"\bunittest\s*\.\s*(?:skip\w*|expectedFailure)\b|\bskipTest\b|\bSkipTest\b|"
                     r"\bpytest\s*\.\s*(?:skip|importorskip|mark\s*\.\s*(?:skip\w*|xfail))\b"),
          "skips a test", "make it pass, or delete it; what is missing on the machine is a failure"),
)
CMAKE_CODE = (
    Idiom(re.compile(r"\bSKIP_(?:RETURN_CODE|REGULAR_EXPRESSION)\b|\bDISABLED\s+(?:TRUE|ON|1)\b"),
          "skips a test", "make it pass, or delete it"),
)
COMMENTS = (
    Idiom(re.compile(r"\b(?:TODO|FIXME|XXX)\b"), "leaves a note instead of the work",
          "do it, or say in a sentence what is not promised"),
    Idiom(re.compile(r"\b(?:NOLINT\w*|noqa)\b|\btype:\s*ignore\b"), "silences a check",
          "write what the check asks for, or change the check for everybody in .clang-tidy"),
)


def check(tree):
    for file in tree.files:
        code, comments = parts_of(file)
        for idioms, text in ((_idioms_of(file), code), (COMMENTS, comments)):
            for idiom in idioms:
                if text and idiom.banned_in(file):
                    for match in idiom.pattern.finditer(text):
                        yield _finding(file, text, match, idiom)
        if file.kind == "cpp":
            for at in lambdas.capturing_coroutines(code):
                yield Finding(file.path, file.line_of(at), "makes a coroutine of a capturing lambda",
                              "use a named coroutine function with parameters: g++ 12 frees captures twice")
        elif file.kind == "python" and _is_python_test(file):
            yield from _python_sleeps(file)


def _finding(file, text, match, idiom):
    line = text.count("\n", 0, match.start()) + 1
    used = " ".join(match.group(0).rstrip("(<").split())
    return Finding(file.path, line, f"'{used}' {idiom.what}", idiom.remedy)


def _idioms_of(file):
    return {"cpp": CPP_CODE, "python": PYTHON_CODE, "cmake": CMAKE_CODE}.get(file.kind, ())


def _is_python_test(file):
    name = file.path.rsplit("/", 1)[-1]
    return "tests" in file.folders or name.startswith("test_") or name.endswith("_test.py")


def _python_sleeps(file):
    """A sleep belongs only into the one function of a test that polls: eventually…, poll… or wait_…"""
    try:
        parsed = ast.parse(file.text)
    except (SyntaxError, ValueError):
        return
    pending = [(parsed, False)]
    while pending:
        node, polling = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            polling = polling or bool(re.match(r"_?(?:eventually|poll|wait_)", node.name))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("time.sleep", "sleep") and not polling:
            yield Finding(file.path, node.lineno, "sleeps in a test",
                          "poll what is waited for in a function named eventually…, with a deadline")
        pending.extend((child, polling) for child in ast.iter_child_nodes(node))
