"""A library that we stand on is named in one module, where it can be understood, guarded and replaced.

No public header names it, so that nobody who uses Waybill compiles it or depends on it.
"""

import re
from dataclasses import dataclass

from waybill_check import cpp_text
from waybill_check.finding import Finding

DESCRIPTION = "pqxx, amqp_, beast, curl_, protobuf and others: each in its module, in no public header"


@dataclass(frozen=True)
class Library:
    name: str
    home: str       # the only module that may name it
    names: str      # its names in code, as a pattern
    headers: str    # its headers, as a pattern
    measured: bool = False  # the floor programs of tests/bench measure ours against it bare
    tests: bool = False     # tests of every module may name it
    offered: str = ""       # the one public header that may name it
    judge: str = ""         # a module of tests that may name it, to look with none of the code under test


LIBRARIES = (
    Library("pqxx", "libs/postgres/", r"\bpqxx::\w+", r"pqxx/.*", measured=True),
    Library("libpq", "libs/postgres/", r"\bPQ[a-z]\w+|\bPG(?:conn|result|cancel|notify)\b",
            r"(?:postgresql/)?libpq.*", measured=True, judge="libs/servers/src/"),
    Library("rabbitmq-c", "libs/amqp/", r"\bamqp_\w+|\bAMQP_[A-Z]\w+",
            r"rabbitmq-c/.*|amqp(?:_\w+)?\.h", measured=True),
    Library("Beast", "libs/http/", r"\bbeast::\w+", r"boost/beast.*", measured=True),
    Library("libcurl", "libs/outbound/", r"\bcurl_\w+|\bCURL(?:\b|[A-Zmc]\w+)", r"curl/.*"),
    Library("prometheus-cpp", "libs/telemetry/", r"\bprometheus::\w+", r"prometheus/.*"),
    Library("spdlog", "libs/telemetry/", r"\bspdlog::\w+", r"spdlog/.*"),
    # Generated classes are users' types, and are no concern of this rule; what reads and writes them is.
    Library("protobuf", "libs/contract/", r"\bgoogle::protobuf\b", r"google/protobuf/.*", tests=True,
            offered="libs/contract/include/waybill/contract/payload.hpp"),
)


def check(tree):
    for file in tree.of_kind("cpp"):
        code = cpp_text.split(file.text).code
        included = cpp_text.includes(code)
        for library in LIBRARIES:
            for line, name in _uses(library, code, included):
                yield from _judge(file, library, line, name)


def _uses(library, code, included):
    for include in included:
        if re.fullmatch(library.headers, include.name):
            yield include.line, f"<{include.name}>"
    for match in re.finditer(library.names, code):
        yield code.count("\n", 0, match.start()) + 1, match.group(0)


def _judge(file, library, line, name):
    if library.measured and file.path.startswith("tests/bench/"):
        return
    if library.tests and "tests" in file.folders:
        return
    if library.judge and file.path.startswith(library.judge):
        return
    if not file.path.startswith(library.home):
        yield Finding(file.path, line, f"{name} is {library.name}, which only {library.home} may name",
                      f"use what {library.home} offers, or add there what is missing")
    elif "include" in file.folders and file.path != library.offered:
        yield Finding(file.path, line, f"{name} puts {library.name} into a public header",
                      "hide it behind a type of ours (an impl in src/)")
