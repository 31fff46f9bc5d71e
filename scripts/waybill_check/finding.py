"""What a rule has to say, and how it says that it could not look."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """One place that breaks a rule: where, what is wrong, and what to do instead."""

    path: str
    line: int
    what: str
    remedy: str

    def as_line(self, rule: str) -> str:
        return f"{self.path}:{self.line}: [{rule}] {self.what}; {self.remedy}"


class CannotCheck(Exception):
    """A rule could not do its work (a tool is missing, say), so the tree is neither right nor wrong."""
