"""Contracts are laid out alike, and no change of one breaks who sends and receives by the last one.

buf judges both. The last one is proto/baseline.binpb, which is committed, so that nothing is fetched; it must
be what the contracts are now, or what was added since could be taken away unseen.
"""

import json
import os
import subprocess
from pathlib import Path

from waybill_check.finding import CannotCheck, Finding

DESCRIPTION = "proto/ passes buf's lint, and breaks nothing of proto/baseline.binpb"
FOLDER = "proto"
SETTINGS = "proto/buf.yaml"
BASELINE = "proto/baseline.binpb"
CHECKOUT = Path(__file__).resolve().parents[3]
BUF = CHECKOUT / "scripts/buf/node_modules/.bin/buf"
COMPLAINTS = 100  # buf's exit status when it has some

LINT = "see buf's page of lint rules"
BREAKING = ("keep what receivers know: reserve the number, add a field, or make a new version of the package;"
            " what nobody has in use yet is renewed by scripts/contracts baseline --breaking")
RENEW = "run scripts/contracts baseline, and commit it with the contracts"


def check(tree):
    contracts = [file for file in tree.of_kind("proto") if file.path.startswith(f"{FOLDER}/")]
    if not contracts:
        return
    if SETTINGS not in tree.by_path:
        yield Finding(contracts[0].path, 1, f"nobody judges it: {SETTINGS} is missing", "write it")
        return
    complaints = list(_complaints(tree, LINT, "lint", FOLDER))
    yield from complaints
    # What does not compile cannot be compared.
    if any("(COMPILE)" in finding.what for finding in complaints):
        return
    if BASELINE not in tree.by_path:
        yield Finding(SETTINGS, 1, f"{BASELINE} is missing, which changes are held against", RENEW)
        return
    broken = list(_complaints(tree, BREAKING, "breaking", FOLDER, "--against", BASELINE))
    yield from broken
    if not broken and _as_built(tree) != tree.by_path[BASELINE].bytes:
        yield Finding(SETTINGS, 1, f"{BASELINE} is not what the contracts are now", RENEW)


def _as_built(tree):
    return _buf(tree, "build", FOLDER, "--exclude-source-info", "-o", "-").stdout


def _complaints(tree, remedy, *words):
    for line in _buf(tree, *words, "--error-format", "json").stdout.decode().splitlines():
        one = json.loads(line)
        what = f"{one['message']} ({one['type']})"
        yield Finding(one.get("path", SETTINGS), one.get("start_line", 1), what, remedy)


def _buf(tree, *words):
    environment = os.environ | {"BUF_CACHE_DIR": str(CHECKOUT / ".cache/buf")}
    try:
        done = subprocess.run([BUF, *words], cwd=tree.root, env=environment, capture_output=True, check=False)
    except FileNotFoundError:
        raise CannotCheck("buf is not installed in scripts/buf: run scripts/setup") from None
    if done.returncode not in (0, COMPLAINTS):
        said = done.stderr.decode().strip()[:500]
        raise CannotCheck(f"buf {words[0]} ended with {done.returncode}: {said}")
    return done
