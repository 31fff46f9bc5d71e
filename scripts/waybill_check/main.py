"""scripts/check: runs the rules over the tree and says what breaks them."""

import argparse
import sys
import time
import traceback
from pathlib import Path

from waybill_check.finding import CannotCheck
from waybill_check.rules import RULES
from waybill_check.tree import Tree

EPILOG = """\
exit status: 0 nothing found; 1 findings; 2 the check itself could not be done.
Only files that git tracks or would track are looked at. docs/checks.md says why each rule is there."""


def _arguments(words):
    parser = argparse.ArgumentParser(
        prog="scripts/check", formatter_class=argparse.RawDescriptionHelpFormatter, epilog=EPILOG,
        description="Checks the tree against the house rules; one line a finding, with what to do instead.")
    parser.add_argument("rules", nargs="*", metavar="RULE", help="only these rules; see --list")
    parser.add_argument("--fix", action="store_true",
                        help="rewrite what a rule knows how to put right (format)")
    parser.add_argument("--list", action="store_true", help="list the rules and end")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2], metavar="DIR",
                        help="check this tree instead of the one that scripts/check is in")
    given = parser.parse_args(words)
    unknown = [name for name in given.rules if name not in RULES]
    if unknown:
        parser.error(f"no rule is called {', '.join(unknown)}; the rules are: {', '.join(RULES)}")
    if not given.root.is_dir():
        parser.error(f"--root {given.root} is not a directory")
    return given


def _run_rule(name, rule, tree, fix):
    """The rule's findings, or nothing and a line on stderr when it could not be done."""
    try:
        if fix and hasattr(rule, "fix"):
            rule.fix(tree)
        return sorted(set(rule.check(tree)))
    except CannotCheck as error:
        print(f"scripts/check: {name} could not be checked: {error}", file=sys.stderr)
    except Exception:
        print(f"scripts/check: {name} broke down, which is a bug of the rule:", file=sys.stderr)
        traceback.print_exc()
    return None


def _count(number, word):
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def main(words) -> int:
    given = _arguments(words)
    if given.list:
        width = max(map(len, RULES))
        for name, rule in RULES.items():
            print(f"{name:{width}}  {rule.DESCRIPTION}")
        return 0
    began = time.monotonic()
    tree = Tree(given.root)
    if tree.note:
        print(f"scripts/check: {tree.note}", file=sys.stderr)
    chosen = given.rules or list(RULES)
    total, failed = 0, []
    for name in chosen:
        findings = _run_rule(name, RULES[name], tree, given.fix)
        if findings is None:
            failed.append(name)
            continue
        total += len(findings)
        for finding in findings:
            print(finding.as_line(name), flush=True)
    broken = f", could not check {', '.join(failed)}" if failed else ""
    print(f"check: {_count(total, 'finding')} in {_count(len(tree.files), 'file')} by "
          f"{_count(len(chosen), 'rule')}{broken}, {time.monotonic() - began:.1f} s")
    return 2 if failed else 1 if total else 0
