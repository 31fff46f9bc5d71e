"""Scripts can be run and asked for help before anybody needs them."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

from waybill_check.finding import CannotCheck, Finding

DESCRIPTION = "Python and bash parse, executable bits are right, each program of scripts/ answers --help"
HELP_SECONDS = 20


def check(tree):
    for file in tree.files:
        if file.kind == "python":
            yield from _python(file)
        elif file.kind == "shell":
            yield from _shell(file)
        yield from _executable_bit(file)
    programs = [file for file in tree.files if file.folders == ["scripts"] and file.interpreter]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for findings in pool.map(lambda file: _help(tree, file), programs):
            yield from findings


def _python(file):
    try:
        compile(file.text, file.path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        yield Finding(file.path, line, f"Python cannot read it ({getattr(error, 'msg', error)})",
                      "correct the syntax")


def _shell(file):
    shell = file.interpreter or "bash"
    try:
        result = subprocess.run([shell, "-n", file.absolute], capture_output=True, text=True)
    except FileNotFoundError:
        raise CannotCheck(f"{file.path} names '{shell}', which is not installed: run scripts/setup") from None
    if result.returncode != 0:
        complaint = (result.stderr.strip().splitlines() or ["no reason given"])[0]
        number = next((word for word in complaint.replace(":", " ").split() if word.isdigit()), "1")
        yield Finding(file.path, int(number), f"{shell} -n refuses it ({complaint.split(': ', 2)[-1]})",
                      "correct the syntax")


def _executable_bit(file):
    executable = os.access(file.absolute, os.X_OK)
    if file.interpreter and not executable:
        yield Finding(file.path, 1, "begins with #! but cannot be executed", f"chmod +x {file.path}")
    if executable and not file.interpreter and not file.is_binary:
        yield Finding(file.path, 1, "can be executed but does not begin with #!",
                      f"chmod -x {file.path}, or name its interpreter in the first line")


def _help(tree, file):
    remedy = "answer --help with what it does and its options, and exit status 0, before anything else"
    if not os.access(file.absolute, os.X_OK):
        return []
    try:
        result = subprocess.run([file.absolute, "--help"], cwd=tree.root, capture_output=True, text=True,
                                stdin=subprocess.DEVNULL, timeout=HELP_SECONDS)
    except subprocess.TimeoutExpired:
        return [Finding(file.path, 1, f"--help took more than {HELP_SECONDS} s", remedy)]
    except OSError as error:
        return [Finding(file.path, 1, f"cannot be run ({error.strerror})",
                        "name an installed interpreter after #!")]
    if result.returncode != 0:
        return [Finding(file.path, 1, f"--help ended with status {result.returncode}", remedy)]
    if not result.stdout.strip():
        return [Finding(file.path, 1, "--help printed nothing", remedy)]
    return []
