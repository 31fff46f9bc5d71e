"""The documents of the services' HTTP APIs are OpenAPI; that of their messages is AsyncAPI, and true.

Node programs that scripts/setup installs judge the forms, and fetch nothing. Messages are held against the
topology's manifest and the contracts, as buf reads them.
"""

import json
import os
import re
import subprocess
from pathlib import Path

from waybill_check import asyncapi
from waybill_check.contract_schemas import contracts_of
from waybill_check.finding import CannotCheck, Finding

DESCRIPTION = "services/*/api/openapi.yaml are OpenAPI; proto/asyncapi.yaml is AsyncAPI, and complete"
MESSAGES = "proto/asyncapi.yaml"
MANIFEST = "proto/topology.json"
OPENAPI = re.compile(r"services/[^/]+/api/openapi\.yaml")
CHECKOUT = Path(__file__).resolve().parents[3]
JUDGE = CHECKOUT / "scripts/api/validate.mjs"
BUF = CHECKOUT / "scripts/buf/node_modules/.bin/buf"
SETUP = "is not installed: run scripts/setup"


def check(tree):
    documents = [path for path in tree.by_path if OPENAPI.fullmatch(path) or path == MESSAGES]
    if MANIFEST in tree.by_path and MESSAGES not in tree.by_path:
        yield Finding(MANIFEST, 1, f"{MESSAGES} is missing, which tells what its queues carry", "write it")
    if not documents:
        return
    judged = _judge(tree, documents)
    for one in judged["complaints"]:
        yield Finding(one["path"], one["line"], one["message"], "see the page of OpenAPI, or of AsyncAPI")
    # What is no AsyncAPI cannot be compared.
    if MESSAGES in documents and all(one["path"] != MESSAGES for one in judged["complaints"]):
        yield from _compare(tree, judged["documents"][MESSAGES])


def _compare(tree, document):
    if MANIFEST not in tree.by_path:
        yield Finding(MESSAGES, 1, f"it tells of queues, and {MANIFEST} is missing", "write that")
        return
    descriptors = _descriptors(tree)
    contracts = contracts_of(descriptors)
    manifest = json.loads(tree.by_path[MANIFEST].text)
    lines = tree.by_path[MESSAGES].lines
    for place, what in sorted(set(asyncapi.compare(document, manifest, contracts, descriptors))):
        # Of several places, the last is the message's or schema's own.
        line = max((at for at, text in enumerate(lines, 1) if place and text.strip() == place), default=1)
        yield Finding(MESSAGES, line, what, f"make it what {MANIFEST} and the contracts say")


def _judge(tree, documents):
    environment = os.environ | {"REDOCLY_TELEMETRY": "off", "NO_UPDATE_NOTIFIER": "1"}
    if not (JUDGE.parent / "node_modules/installed.json").exists():
        raise CannotCheck(f"what judges API documents {SETUP}")
    return json.loads(_run(tree, ["node", JUDGE, *documents], environment))


def _descriptors(tree):
    environment = os.environ | {"BUF_CACHE_DIR": str(CHECKOUT / ".cache/buf")}
    words = [BUF, "build", "proto", "--exclude-source-info", "-o", "-#format=json"]
    return json.loads(_run(tree, words, environment))


def _run(tree, words, environment):
    name = Path(words[0]).name
    try:
        done = subprocess.run(words, cwd=tree.root, env=environment, capture_output=True, check=False)
    except FileNotFoundError:
        raise CannotCheck(f"{name} {SETUP}") from None
    if done.returncode != 0:
        raise CannotCheck(f"{name} ended with {done.returncode}: {done.stderr.decode().strip()[:500]}")
    return done.stdout
