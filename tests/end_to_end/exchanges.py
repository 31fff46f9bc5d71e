"""What was asked of services and answered, kept, and held against their OpenAPI documents."""

import http.client
import json
import subprocess
import uuid
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
JUDGE = ROOT / "scripts/api/answers.mjs"
ANSWER_SECONDS = 30.0


class Exchange:
    def __init__(self, service: str, method: str, path: str, request_body: str | None,
                 response: http.client.HTTPResponse, beyond_document: bool):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read().decode()
        self.record = {"service": service, "method": method, "path": path, "status": self.status,
                       "content_type": self.headers.get("Content-Type"), "body": self.body,
                       "request_body": request_body, "beyond_document": beyond_document}

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def problem(self) -> str:
        return self.json["type"].rpartition(":")[2]


class Exchanges:
    """Asks, once each, and keeps what came of it; any number of threads may."""

    def __init__(self, urls: dict[str, str], key: str):
        self.all: list[Exchange] = []
        self._urls = urls
        self._key = key

    def ask(self, service: str, method: str, path: str, body=None, expect: int | tuple[int, ...] = 200,
            key: str | None = "", headers: dict | None = None, beyond_document: bool = False) -> Exchange:
        """`body` is JSON, or a text that need not be; `key` is another client's, or None. What changes
        something has an Idempotency-Key, unless `headers` has another, or None."""
        content = body if body is None or isinstance(body, str) else json.dumps(body)
        said = {}
        if (key := self._key if key == "" else key) is not None:
            said["Authorization"] = f"Bearer {key}"
        if method != "GET":
            said["Idempotency-Key"] = str(uuid.uuid4())
        if content is not None:
            said["Content-Type"] = "application/json"
        said = {name: value for name, value in {**said, **(headers or {})}.items() if value is not None}
        at = urlsplit(self._urls[service])
        connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=ANSWER_SECONDS)
        try:
            if "Content-Length" in said:
                # Who says how much will come, and sends nothing.
                connection.putrequest(method, path)
                for name, value in said.items():
                    connection.putheader(name, value)
                connection.endheaders()
                content = None
            else:
                connection.request(method, path, body=content, headers=said)
            exchange = Exchange(service, method, path, content, connection.getresponse(), beyond_document)
        finally:
            connection.close()
        self.all.append(exchange)
        if exchange.status not in (expect if isinstance(expect, tuple) else (expect,)):
            raise AssertionError(f"{method} {path} at {service} was answered with {exchange.status}, and not "
                                 f"{expect}: {exchange.body[:500]}")
        return exchange

    def complaints(self, directory: Path, unprovoked: list[str]) -> list[str]:
        """Of the judge; none where the documents have all of it, and nothing else."""
        file = directory / "exchanges.json"
        file.write_text(json.dumps({"exchanges": [one.record for one in self.all],
                                    "unprovoked": unprovoked}), encoding="utf-8")
        documents = [f"{service}={ROOT}/services/{service}/api/openapi.yaml" for service in self._urls]
        done = subprocess.run(["node", str(JUDGE), str(file), *documents], capture_output=True, text=True,
                              check=False)
        if done.returncode not in (0, 1) or done.stderr:
            raise AssertionError(f"the judge broke down (scripts/setup installs it): {done.stderr}")
        return done.stdout.splitlines()
