"""What is written here is read elsewhere: no paths of one machine, no references that nobody can follow."""

import re

from waybill_check.finding import Finding

DESCRIPTION = "no absolute paths of one machine, no references to a tracker that readers don't have"
PATTERNS = (
    (re.compile(r"(?<![\w.:/~}-])/(?:work|root|tmp/wt|home/[a-z_]\w*|Users/\w+)/"),
     "names a path of one machine", "make it relative to the repository, or a variable"),
    (re.compile(r"\bissue\s+#?\d+\b", re.IGNORECASE),
     "refers to a tracker's entry", "say here what the reader needs to know, or link an ADR"),
)


def check(tree):
    for file in tree.files:
        if file.is_binary:
            continue
        for pattern, what, remedy in PATTERNS:
            for match in pattern.finditer(file.text):
                yield Finding(file.path, file.line_of(match.start()), f"'{match.group(0)}' {what}", remedy)
