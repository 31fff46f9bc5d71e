"""A document whose links lead nowhere is not read twice."""

import posixpath
import re
from urllib.parse import unquote

from waybill_check import markdown
from waybill_check.finding import Finding

DESCRIPTION = "relative links, images, #headings and `paths/in/code` of Markdown files resolve"
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:")
_LINES = re.compile(r"^L(\d+)(?:C\d+)?(?:-L(\d+)(?:C\d+)?)?$")
_PATH = re.compile(r"^[\w.-]+(?:/[\w.-]+)+/?$")
REMEDY = "correct the link, or write what it points to"


def check(tree):
    for file in tree.of_kind("markdown"):
        document = markdown.read(file.text)
        for line, target in document.links:
            yield from _link(tree, file, line, target)
        for line, code in document.code_spans:
            yield from _code_reference(tree, file, line, code)


def _link(tree, file, line, target):
    if _SCHEME.match(target) or target.startswith("//"):
        return
    if target.startswith("/"):
        yield Finding(file.path, line, f"'{target}' is an absolute path", "write it relative to this file")
        return
    path, _, fragment = target.partition("#")
    path = unquote(path.partition("?")[0])
    full = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), path)) if path else file.path
    full = "" if full == "." else full
    if full not in tree.by_path and full not in tree.directories:
        yield Finding(file.path, line, f"'{target}' leads to {full}, which is not in the tree", REMEDY)
    elif fragment:
        yield from _fragment(tree, file, line, target, full, unquote(fragment))


def _fragment(tree, file, line, target, full, fragment):
    aimed = tree.by_path.get(full)
    lines = _LINES.match(fragment)
    if aimed is None:
        yield Finding(file.path, line, f"'{target}' names a place in a directory", REMEDY)
    elif lines:
        last = int(lines.group(2) or lines.group(1))
        if last > aimed.text.count("\n"):
            yield Finding(file.path, line, f"'{target}' names a line that {full} has not", REMEDY)
    elif aimed.kind != "markdown":
        yield Finding(file.path, line, f"'{target}' names a heading, but {full} has none",
                      "link a line as #L10")
    elif fragment not in markdown.read(aimed.text).anchors:
        yield Finding(file.path, line, f"'{target}' names no heading of {full}", REMEDY)


def _code_reference(tree, file, line, code):
    """`libs/base/README.md` in backticks is a reference too, when its first folder is one of the tree's."""
    path = re.sub(r":\d+(?::\d+)?$", "", code)
    if not _PATH.match(path) or path.split("/")[0] not in tree.directories:
        return
    path = path.rstrip("/")
    places = (path, posixpath.normpath(posixpath.join(posixpath.dirname(file.path), path)))
    if not any(place in tree.by_path or place in tree.directories for place in places):
        yield Finding(file.path, line, f"`{code}` is not in the tree", "correct the path, or write the file")
