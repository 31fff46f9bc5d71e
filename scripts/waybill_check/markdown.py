"""Reads from Markdown what leads somewhere (links, images, code spans) and the anchors of its headings."""

import re
from dataclasses import dataclass, field

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_SPAN = re.compile(r"(?<!`)(`+)(?!`)((?:(?!\n[ \t]*\n).)+?)(?<!`)\1(?!`)", re.DOTALL)
_INLINE = re.compile(r"\]\(\s*(?:<([^>\n]*)>|((?:[^\s()]|\([^\s()]*\))*))(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)")
_DEFINITION = re.compile(r"^ {0,3}\[[^\]\n^][^\]\n]*\]:\s*(?:<([^>\n]*)>|(\S+))", re.MULTILINE)
_HTML = re.compile(r"<(?:a|img)\b[^>]*?\b(?:href|src)\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)
_HTML_ANCHOR = re.compile(r"<\w+\b[^>]*?\b(?:id|name)\s*=\s*[\"']([^\"']+)[\"']", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$", re.MULTILINE)
_UNDERLINED = re.compile(r"^ {0,3}(\S[^\n]*)\n {0,3}(?:=+|-{2,})[ \t]*$", re.MULTILINE)


@dataclass
class Document:
    links: list = field(default_factory=list)       # (line, target)
    code_spans: list = field(default_factory=list)  # (line, text)
    anchors: set = field(default_factory=set)


def read(text: str) -> Document:
    document = Document()
    prose = _blank(_COMMENT, _without_fences(text))
    for match in _SPAN.finditer(prose):
        document.code_spans.append((_line(prose, match.start()), match.group(2).strip()))
    bare = _blank(_SPAN, prose)
    for pattern in (_INLINE, _DEFINITION, _HTML):
        for match in pattern.finditer(bare):
            target = next((group for group in match.groups() if group is not None), "")
            document.links.append((_line(bare, match.start()), target))
    document.anchors = _heading_anchors(prose) | set(_HTML_ANCHOR.findall(bare))
    return document


def _line(text, at):
    return text.count("\n", 0, at) + 1


def _blank(pattern, text):
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group(0)), text)


def _without_fences(text):
    kept, fence = [], ""
    for line in text.split("\n"):
        match = _FENCE.match(line)
        if fence:
            if match and match.group(1).startswith(fence) and line.strip() == match.group(1):
                fence = ""
            kept.append("")
        elif match:
            fence = match.group(1)
            kept.append("")
        else:
            kept.append(line)
    return "\n".join(kept)


def _heading_anchors(prose):
    """As GitHub makes them: lower case, punctuation dropped, blanks to dashes, repeats numbered."""
    headings = sorted((*_HEADING.finditer(prose), *_UNDERLINED.finditer(prose)), key=re.Match.start)
    anchors, seen = set(), {}
    for heading in headings:
        title = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading.group(1))
        anchor = re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-")
        count = seen.get(anchor, 0)
        seen[anchor] = count + 1
        anchors.add(f"{anchor}-{count}" if count else anchor)
    return anchors
