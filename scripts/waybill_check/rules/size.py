"""Files and lines stay small enough to be read at once. Functions of C++ are measured by the tidy rule."""

import ast

from waybill_check.finding import Finding

DESCRIPTION = "files of at most 400 lines, lines of at most 110 columns, Python functions under 70 lines"
MOST_LINES = 400
MOST_COLUMNS = 110


def check(tree):
    for file in tree.files:
        if not file.is_code:
            continue
        count = file.text.count("\n") + (not file.text.endswith("\n"))
        if count > MOST_LINES:
            yield Finding(file.path, MOST_LINES + 1, f"has {count} lines, {MOST_LINES} is the most",
                          "split it: one concept a file")
        for number, line in enumerate(file.lines, start=1):
            if len(line) > MOST_COLUMNS:
                yield Finding(file.path, number, f"is {len(line)} columns wide, {MOST_COLUMNS} is the most",
                              "break the line")
        if file.kind == "python":
            yield from _python_functions(file)


def _python_functions(file):
    try:
        parsed = ast.parse(file.text)
    except (SyntaxError, ValueError):
        return  # the scripts rule says so
    for node in ast.walk(parsed):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = node.end_lineno - node.lineno + 1
            if lines >= 70:
                yield Finding(file.path, node.lineno,
                              f"function '{node.name}' has {lines} lines, it must be under 70",
                              "split it where it changes its subject")
