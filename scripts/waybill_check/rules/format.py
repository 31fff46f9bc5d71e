"""C++ is laid out by clang-format, so that nobody has to discuss it."""

import re
import subprocess

from waybill_check.finding import CannotCheck, Finding

DESCRIPTION = "C++ is laid out by clang-format-16 (--fix rewrites it)"
TOOL = "clang-format-16"
_COMPLAINT = re.compile(r"^(.+?):(\d+):\d+: (?:error|warning): code should be clang-formatted")


def check(tree):
    seen = set()
    result = _run(tree, "--dry-run", "--Werror")
    for line in result.stderr.splitlines():
        match = _COMPLAINT.match(line)
        if match and match.group(1) not in seen:
            seen.add(match.group(1))
            yield Finding(match.group(1), int(match.group(2)), "is not laid out by clang-format",
                          "run scripts/check format --fix")
    if result.returncode != 0 and not seen:
        raise CannotCheck(f"{TOOL} ended with {result.returncode}: {result.stderr.strip()[:500]}")


def fix(tree):
    result = _run(tree, "-i")
    if result.returncode != 0:
        raise CannotCheck(f"{TOOL} -i ended with {result.returncode}: {result.stderr.strip()[:500]}")


def _run(tree, *options):
    files = [file.path for file in tree.of_kind("cpp")]
    try:
        command = [TOOL, "--style=file", *options, "--", *files] if files else [TOOL, "--version"]
        return subprocess.run(command, cwd=tree.root, capture_output=True, text=True)
    except FileNotFoundError:
        raise CannotCheck(f"{TOOL} is not installed: run scripts/setup") from None
