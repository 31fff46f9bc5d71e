"""All services of the shop as processes, with databases, a virtual host, ports and a key of their own."""

import json
import os
import re
import secrets
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable

from waybill_stack import ports

from .failure import Failure
from .process import ServiceProcess
from .servers import Servers
from .shop import SERVICES, Shop

READY_SECONDS = 60.0
SCOPES = ("orders:read", "orders:write", "products:read", "products:write",
          "reservations:read", "payments:read",
          "notifications:read", "preferences:read", "preferences:write", "analytics:read", "analytics:write")
_MANIFEST = Path(__file__).resolve().parents[2] / "proto" / "topology.json"
_KEYS = "keys.json"


class Suite:
    """The services of `build` (build/release, say) on these servers. Its files are in `directory`: keys, each
    service's log and pid, the customers' mail.

    `settings` are WAYBILL_… variables by service, before those that it sets itself. `name` is its virtual
    host's, and what its databases' names begin with; what had these names is deleted by start().

      with Suite(Path("build/release"), Path("var/shop"), Servers.of(os.environ)) as suite:
          suite.service["payment"].kill9()
          suite.revive()

    Its services may be killed and started by any thread, at any time between start() and stop()."""

    def __init__(self, build: Path, directory: Path, servers: Servers, name: str = "shop",
                 settings: dict[str, dict[str, str]] | None = None):
        self.directory = directory.resolve()
        self.service: dict[str, ServiceProcess] = {}
        self.urls: dict[str, str] = {}
        self.admin_urls: dict[str, str] = {}
        self.key = ""
        self._programs = find_programs(build)
        self._servers = servers
        self._name = name
        self._settings = settings or {}

    def __enter__(self) -> "Suite":
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    @property
    def key_file(self) -> Path:
        """With nothing in it but the key."""
        return self.directory / "key"

    def shop(self, patience: float = 60.0) -> Shop:
        return Shop.at(self.urls, self.key, patience)

    def start(self) -> None:
        """From nothing to ready."""
        self._clear()
        self._servers.make_databases([self._database(service) for service in SERVICES])
        self._servers.make_virtual_host(self._name)
        self._make_key()
        self._set_up()
        self._of_each(lambda service: service.migrate())
        for service in self.service.values():
            service.start()
        self.wait_ready()

    def wait_ready(self, within: float = READY_SECONDS) -> None:
        for service in self.service.values():
            service.wait_ready(within)

    def revive(self) -> list[str]:
        """Starts what does not run; says what that was."""
        dead = [service for service in self.service.values() if not service.is_running]
        for service in dead:
            service.start()
        return [service.name for service in dead]

    def stop(self) -> list[str]:
        """Leaves no process; says which of them did not end well."""
        statuses = self._of_each(lambda service: service.stop())
        return [name for name, status in zip(self.service, statuses) if status not in (None, 0)]

    def remove(self) -> None:
        """Stops it, and deletes its databases and its virtual host, for servers that others use as well."""
        self.stop()
        self._servers.drop_databases([self._database(service) for service in SERVICES])
        self._servers.drop_virtual_host(self._name)

    def add_key(self, id: str, scopes: tuple[str, ...], rate: dict | None = None) -> str:
        """Another client's. Services know it from their next start on."""
        key, entry = self._new_key(id)
        file = self.directory / _KEYS
        known = json.loads(file.read_text(encoding="utf-8"))["keys"] if file.exists() else []
        limits = {} if rate is None else {"rate": rate}
        keys = [*known, {**entry, "scopes": list(scopes), **limits}]
        _write_secret(file, json.dumps({"keys": keys}, indent=2) + "\n")
        return key

    def _clear(self) -> None:
        """What an earlier suite left here tells of processes and databases that are gone."""
        if self.directory.exists():
            if any(self.directory.iterdir()) and not (self.directory / _KEYS).exists():
                raise Failure(f"{self.directory} holds other things: name an empty directory")
            shutil.rmtree(self.directory)
        self.directory.mkdir(parents=True)

    def _of_each(self, act: Callable[[ServiceProcess], object]) -> list:
        with ThreadPoolExecutor(max_workers=len(SERVICES)) as together:
            return list(together.map(act, self.service.values()))

    def _database(self, service: str) -> str:
        return f"{self._name}_{service}"

    def _set_up(self) -> None:
        taken: set[int] = set()

        def port(seed: str) -> int:
            taken.add(chosen := ports.choose(f"{self.directory}\t{seed}", taken))
            return chosen

        for service in SERVICES:
            http, admin = port(service), port(f"{service} admin")
            self.urls[service] = f"http://127.0.0.1:{http}"
            self.admin_urls[service] = f"http://127.0.0.1:{admin}"
            variables = {**self._variables(service, http, admin), **self._settings.get(service, {})}
            self.service[service] = ServiceProcess(service, self._programs[service], variables,
                                                   self.directory / f"{service}.log", admin)

    def _variables(self, service: str, http: int, admin: int) -> dict[str, str]:
        variables = {"WAYBILL_POSTGRES_URL": self._servers.database_url(self._database(service)),
                     "WAYBILL_RABBITMQ_URL": self._servers.virtual_host_url(self._name),
                     "WAYBILL_RABBITMQ_MANAGEMENT_URL": self._servers.management_url,
                     "WAYBILL_TOPOLOGY_MANIFEST": str(_MANIFEST),
                     "WAYBILL_TOPOLOGY_MODE": "declare",
                     "WAYBILL_HTTP_ADDRESS": f"127.0.0.1:{http}",
                     "WAYBILL_HTTP_KEYS": str(self.directory / _KEYS),
                     "WAYBILL_ADMIN_ADDRESS": f"127.0.0.1:{admin}"}
        if service == "notification":
            variables["WAYBILL_NOTIFICATION_SINK_DIRECTORY"] = str(self.directory / "mail")
        return variables

    def _make_key(self) -> None:
        id = f"suite-{secrets.token_hex(4)}"
        self.key = self.add_key(id, SCOPES, {"requests": 1_000_000, "per": "1s"})
        _write_secret(self.key_file, self.key + "\n")

    def _new_key(self, id: str) -> tuple[str, dict]:
        done = subprocess.run([str(self._programs["order"]), "new-key", id], capture_output=True, text=True,
                              check=False)
        key = re.search(r"^ *(wb_\S+)$", done.stdout, re.MULTILINE)
        entry = re.search(r"^ *(\{.*\})$", done.stdout, re.MULTILINE)
        if done.returncode != 0 or key is None or entry is None:
            raise Failure(f"'shop-order new-key' made no key: {done.stdout}{done.stderr}")
        return key[1], json.loads(entry[1])


def find_programs(build: Path) -> dict[str, Path]:
    """Each service's, of a folder that CMake built in."""
    programs = {service: build.resolve() / "bin" / f"shop-{service}" for service in SERVICES}
    for program in programs.values():
        if not os.access(program, os.X_OK):
            raise Failure(f"{program} is not there: build it, or name another folder that was built in")
    return programs


def _write_secret(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
