"""A file, class or namespace is named after its one concept; names that mean "the rest" collect the rest."""

import re

from waybill_check import cpp_text
from waybill_check.finding import Finding

DESCRIPTION = "nothing is called utils, common, helpers or manager"
VAGUE = {"util", "utils", "utility", "utilities", "common", "helper", "helpers", "manager", "managers"}
_DECLARED = re.compile(r"\b(?:class|struct|namespace)\s+((?:\w+::)*\w+)")
_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
REMEDY = "name it after the one concept that it is"


def check(tree):
    for file in tree.files:
        name = file.path.rsplit("/", 1)[-1].split(".")[0]
        for part in (*file.folders, name):
            if _is_vague(part):
                yield Finding(file.path, 1, f"'{part}' says nothing of what is inside", REMEDY)
    for file in tree.of_kind("cpp"):
        code = cpp_text.split(file.text).code
        for match in _DECLARED.finditer(code):
            if any(_is_vague(part) for part in match.group(1).split("::")):
                yield Finding(file.path, code.count("\n", 0, match.start()) + 1,
                              f"'{match.group(1)}' says nothing of what it does", REMEDY)


def _is_vague(name):
    return any(word.lower() in VAGUE for word in _WORDS.findall(name))
