"""HTTP as the services speak it: JSON, kept connections, and requests that are repeated until answered."""

import http.client
import json
import random
import time
import uuid
from typing import Iterator
from urllib.parse import urlencode, urlsplit

from .failure import Failure

ANSWER_SECONDS = 15.0
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0
PAGE = 200
_BUSY = (429, 503, 504)
_IN_PROGRESS = "urn:waybill:problem:request-in-progress"


class Answer:
    def __init__(self, status: int, headers: http.client.HTTPMessage, content: bytes):
        self.status = status
        self.headers = headers
        self.content = content

    @property
    def json(self):
        return json.loads(self.content) if self.content else None

    @property
    def problem(self) -> str:
        """The type of the problem document; empty where it is none."""
        if "problem+json" not in self.headers.get("Content-Type", ""):
            return ""
        return self.json.get("type", "")

    @property
    def asks_again(self) -> bool:
        """Nothing is decided yet. Another 409 is a refusal like any other, and would be the same again."""
        return self.status in _BUSY or (self.status == 409 and self.problem == _IN_PROGRESS)


class Client:
    """One service's API, for any number of threads. Connections are kept until close().

    Promises: a request is repeated, one that changes something under the same Idempotency-Key, until there is
    an answer that decides it, or until `patience` seconds are over, which is a Failure."""

    def __init__(self, base_url: str, key: str, patience: float = 60.0):
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Failure(f"'{base_url}' is no address of a service; they are like http://127.0.0.1:8081")
        self.base_url = base_url.rstrip("/")
        self.patience = patience
        self._parts = parts
        self._prefix = parts.path.rstrip("/")
        self._key = key
        self._idle: list[http.client.HTTPConnection] = []

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def get(self, path: str, **query) -> Answer:
        return self._repeat("GET", _target(path, query), None, {})

    def post(self, path: str, body=None, key: str | None = None) -> Answer:
        return self._change("POST", path, body, key)

    def put(self, path: str, body, key: str | None = None) -> Answer:
        return self._change("PUT", path, body, key)

    def read(self, path: str, **query):
        """What a GET shows, that has to be there."""
        return self.require(self.get(path, **query), f"GET {path}", 200).json

    def pages(self, path: str, **query) -> Iterator[dict]:
        """All items of a listing."""
        cursor = None
        while True:
            page = self.read(path, limit=PAGE, cursor=cursor, **query)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if cursor is None:
                return

    def require(self, answer: Answer, what: str, *statuses: int) -> Answer:
        if answer.status in statuses:
            return answer
        told = answer.content.decode(errors="replace").strip()
        raise Failure(f"{what} at {self.base_url} was answered with {answer.status}: {told[:500]}")

    def _change(self, method: str, path: str, body, key: str | None) -> Answer:
        content = b"" if body is None else json.dumps(body).encode()
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        if body is not None:
            headers["Content-Type"] = "application/json"
        return self._repeat(method, path, content, headers)

    def _repeat(self, method: str, target: str, content: bytes | None, headers: dict[str, str]) -> Answer:
        deadline = time.monotonic() + self.patience
        pause = FIRST_PAUSE
        while True:
            asked = 0.0
            try:
                answer = self._once(method, target, content, headers)
                if not answer.asks_again:
                    return answer
                what = f"status {answer.status}"
                asked = _seconds(answer.headers.get("Retry-After"))
            except (OSError, http.client.HTTPException) as error:
                what = str(error) or type(error).__name__
            # Nobody should come again at the same time as all others do.
            wait = max(pause * random.uniform(0.5, 1.0), min(asked, LONGEST_PAUSE))
            pause = min(pause * 2, LONGEST_PAUSE)
            if time.monotonic() + wait > deadline:
                raise Failure(f"{method} {target} at {self.base_url} had no answer in {self.patience:g} s; "
                              f"the last was: {what}")
            time.sleep(wait)

    def _once(self, method: str, target: str, content: bytes | None, headers: dict[str, str]) -> Answer:
        connection = self._idle_or_new()
        try:
            connection.request(method, self._prefix + target, body=content,
                               headers={"Authorization": f"Bearer {self._key}", **headers})
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        except BaseException:
            connection.close()
            raise
        # What the service has closed behind its answer is opened anew by the next request.
        self._idle.append(connection)
        return answer

    def _idle_or_new(self) -> http.client.HTTPConnection:
        try:
            return self._idle.pop()
        except IndexError:
            kind = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
            return kind[self._parts.scheme](self._parts.hostname, self._parts.port, timeout=ANSWER_SECONDS)


def _target(path: str, query: dict) -> str:
    given = {name: value for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(given)}" if given else path


def _seconds(text: str | None) -> float:
    return float(text) if text is not None and text.isdigit() else 0.0
