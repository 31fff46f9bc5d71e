"""Services keep the shape that they share: SQL in one place, a domain that knows of nothing around it, a main
that wires and does no more, and nothing of another service."""

import posixpath
import re

from waybill_check import cpp_text
from waybill_check.finding import Finding

DESCRIPTION = "services/*: SQL in persistence/ alone, a pure domain/, a short main.cpp, nobody else's files"
MAIN_LINES = 60
# It is the library's relay as a process of its own, and decides and stores nothing itself.
WITHOUT_FOLDERS = {"relay"}

_SQL_FOLDERS = {"persistence", "migrations", "tests"}
_SQL_TEXT = re.compile(
    r"\b(?:SELECT|INSERT\s+INTO|UPDATE\s+\w+|DELETE\s+FROM|TRUNCATE|MERGE\s+INTO|LOCK\s+TABLE|"
    r"(?:CREATE|ALTER|DROP)\s+[A-Z]+)\b")
_SQL_CODE = re.compile(r"\bpostgres::Sql\b|\btx_?(?:\(\))?\s*(?:\.|->)\s*(?:query|execute|pipeline)\w*")
_RESULT = "boost/system/result.hpp"  # the house's word for a value or a refusal, which does nothing
_GENERATED = re.compile(r"shop/.*|.*\.pb\.h|.*\.contract\.hpp|\w+_migrations\.hpp")
_OF_A_SERVICE = re.compile(r"\b(\w+)_(?:parts|migrations\.hpp)")


def check(tree):
    files = [file for file in tree.files if len(file.folders) > 1 and file.folders[0] == "services"]
    services = {file.folders[1] for file in files}
    for file in files:
        service = file.folders[1]
        if file.kind == "cmake":
            yield from _check_links(file, service, services)
        elif file.kind == "cpp":
            yield from _check_source(tree, file, service, services)


def _check_links(file, service, services):
    for number, line in enumerate(file.lines, start=1):
        for name in _OF_A_SERVICE.findall(line.partition("#")[0]):
            if name in services - {service}:
                yield _reaches(file, number, f"'{name}_parts'", name)


def _check_source(tree, file, service, services):
    code = cpp_text.split(file.text).code
    included = cpp_text.includes(code)
    for include in included:
        if owner := _owner(tree, file, include, service, services):
            yield _reaches(file, include.line, f'"{include.name}"', owner)
    if service in WITHOUT_FOLDERS:
        return
    folder = file.folders[2] if len(file.folders) > 2 else ""
    if folder not in _SQL_FOLDERS:
        yield from _check_sql(file, service, code)
    if folder == "domain":
        yield from _check_domain(file, included)
    if file.path == f"services/{service}/main.cpp" and len(file.text.splitlines()) > MAIN_LINES:
        yield Finding(file.path, MAIN_LINES + 1, f"it has more than {MAIN_LINES} lines, and is to wire only",
                      "move what it does beside that into a file of its own")


def _owner(tree, file, include, service, services):
    """The other service whose file it is, if it is one's."""
    if generated := _OF_A_SERVICE.fullmatch(include.name):
        return generated[1] if generated[1] in services - {service} else ""
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), include.name))
    for path in (beside, include.name):
        parts = path.split("/")
        if parts[0] == "services" and len(parts) > 2 and parts[1] != service:
            return parts[1]
    if f"services/{service}/{include.name}" in tree.by_path or beside in tree.by_path:
        return ""
    holders = (other for other in sorted(services) if f"services/{other}/{include.name}" in tree.by_path)
    return next(holders, "")


def _reaches(file, line, what, owner):
    return Finding(file.path, line, f"{what} is of the service '{owner}'",
                   "services share libraries and contracts; say it in a message, or move it into libs/")


def _check_sql(file, service, code):
    remedy = f"put it into services/{service}/persistence/, behind a function that says what it is for"
    for line, literal in cpp_text.literals(file.text):
        if found := _SQL_TEXT.search(literal):
            words = " ".join(found[0].split())
            yield Finding(file.path, line, f"'{words}' is SQL outside of persistence/", remedy)
    for found in _SQL_CODE.finditer(code):
        line = code.count("\n", 0, found.start()) + 1
        yield Finding(file.path, line, f"'{found[0]}' is SQL outside of persistence/", remedy)


def _check_domain(file, included):
    for include in included:
        if what := _around_a_domain(include):
            yield Finding(file.path, include.line, f"domain/ may not include '{include.name}': {what}",
                          "give the domain values, and let its callers read and write them")


def _around_a_domain(include):
    """What is wrong with it; empty where nothing is."""
    name = include.name
    if _GENERATED.fullmatch(name):
        return "it is generated, for messages or tables"
    if name.startswith("waybill/"):
        return "" if name.startswith("waybill/base/") else "of waybill/, it is to know base/ alone"
    if name.startswith("boost/"):
        return "" if name == _RESULT else f"of boost/, it is to know {_RESULT} alone"
    if name.startswith("nlohmann/"):
        return "JSON is for what stands around it"
    if include.quoted and "/" in name and not name.startswith("domain/"):
        return "it stands around the domain"
    return ""
