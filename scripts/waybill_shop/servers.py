"""The PostgreSQL and RabbitMQ that the services run on: a database for each, a virtual host for all."""

import base64
import http.client
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping
from urllib.parse import quote, urlsplit

from .failure import Failure

_ROOT = Path(__file__).resolve().parents[2]
_PSQL_OF_DEBIAN = "/usr/lib/postgresql/15/bin/psql"
_VARIABLES = ("WAYBILL_POSTGRES_URL", "WAYBILL_RABBITMQ_URL", "WAYBILL_RABBITMQ_MANAGEMENT_URL")


@dataclass(frozen=True)
class Servers:
    postgres_url: str  # of a user who may make databases
    rabbitmq_url: str
    management_url: str

    @classmethod
    def of(cls, variables: Mapping[str, str]) -> "Servers":
        """As `scripts/stack env` tells them."""
        missing = [name for name in _VARIABLES if name not in variables]
        if missing:
            raise Failure(f"{', '.join(missing)}: not set; eval \"$(scripts/stack env)\" sets them")
        return cls(*(variables[name] for name in _VARIABLES))

    @classmethod
    def started(cls, directory: Path) -> "Servers":
        """Private ones, that scripts/stack starts there. Should this process be killed, they go with it."""
        stack(directory, "up", "--until", str(os.getpid()))
        return cls.of(json.loads(stack(directory, "env", "--json", capture=True)))

    def database_url(self, name: str) -> str:
        return urlsplit(self.postgres_url)._replace(path=f"/{name}").geturl()

    def virtual_host_url(self, name: str) -> str:
        return urlsplit(self.rabbitmq_url)._replace(path=f"/{quote(name, safe='')}").geturl()

    def make_databases(self, names: list[str]) -> None:
        """Empty ones, in place of those that were there."""
        self.drop_databases(names)
        self._sql([f'CREATE DATABASE "{name}"' for name in names])

    def drop_databases(self, names: list[str]) -> None:
        self._sql([f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in names])

    def make_virtual_host(self, name: str) -> None:
        """An empty one, in place of one that was there."""
        self.drop_virtual_host(name)
        place = quote(name, safe="")
        user = urlsplit(self.rabbitmq_url).username or "guest"
        self._manage("PUT", f"/api/vhosts/{place}", {}, 201, 204)
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        self._manage("PUT", f"/api/permissions/{place}/{quote(user, safe='')}", everything, 201, 204)

    def drop_virtual_host(self, name: str) -> None:
        self._manage("DELETE", f"/api/vhosts/{quote(name, safe='')}", None, 204, 404)

    def publish(self, virtual_host: str, exchange: str, key: str, payload: str, properties: dict) -> None:
        """A message, as anybody may send one who speaks AMQP."""
        path = f"/api/exchanges/{quote(virtual_host, safe='')}/{quote(exchange, safe='')}/publish"
        told = self._manage("POST", path, {"routing_key": key, "payload": payload, "properties": properties,
                                           "payload_encoding": "string"}, 200)
        if not json.loads(told)["routed"]:
            raise Failure(f"no queue of {exchange} takes what goes to '{key}'")

    def _sql(self, statements: list[str]) -> None:
        psql = shutil.which("psql") or _PSQL_OF_DEBIAN
        words = [word for statement in statements for word in ("-c", statement)]
        # What is not there to be dropped is told as a notice.
        done = subprocess.run([psql, self.postgres_url, "-qX", "-v", "ON_ERROR_STOP=1", *words],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failure(f"PostgreSQL refused one of '{'; '.join(statements)}': {done.stderr.strip()}")

    def _manage(self, method: str, path: str, body: dict | None, *statuses: int) -> str:
        at = urlsplit(self.management_url)
        connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=30)
        pair = base64.b64encode(f"{at.username}:{at.password}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            told = response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            raise Failure(f"RabbitMQ's management API at {at.hostname}:{at.port} cannot be asked: "
                          f"{error}") from error
        finally:
            connection.close()
        if response.status not in statuses:
            raise Failure(f"RabbitMQ answered {method} {path} with {response.status}: {told}")
        return told


def stack(directory: Path, *words: str, capture: bool = False) -> str:
    """What scripts/stack tells of it, where that is asked for; else it is shown."""
    command = [str(_ROOT / "scripts" / "stack"), "--dir", str(directory), *words]
    # In a session of its own: an interruption at the terminal is ours to pass on.
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE if capture else None,
                          text=True, check=False, start_new_session=True)
    if done.returncode != 0:
        raise Failure(f"'{' '.join(command)}' ended with status {done.returncode}: its words are above")
    return done.stdout or ""
