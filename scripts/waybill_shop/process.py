"""One service as a process, which can be started, stopped, killed, and started again."""

import http.client
import os
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .failure import Failure

STOP_SECONDS = 20.0
MIGRATE_SECONDS = 120.0
LOOK_EVERY = 0.05
_LOG_LINES = 15

# A child ends with the thread that started it, and this one lives as long as the whole program.
_starter = ThreadPoolExecutor(max_workers=1)


class ServiceProcess:
    """Any thread may use it. Should this program be killed, the service is killed as well."""

    def __init__(self, name: str, program: Path, variables: dict[str, str], log: Path, admin_port: int):
        self.name = name
        self.log = log
        self._program = program
        self._variables = {"PATH": os.environ.get("PATH", os.defpath), **variables}
        self._admin_port = admin_port
        self._one_at_a_time = threading.RLock()
        self._process: subprocess.Popen | None = None

    @property
    def pid(self) -> int | None:
        process = self._process
        return None if process is None or process.poll() is not None else process.pid

    @property
    def is_running(self) -> bool:
        return self.pid is not None

    @property
    def is_ready(self) -> bool:
        return self.readiness()[0] == 200

    def change(self, settings: dict[str, str]) -> None:
        """WAYBILL_… variables, as they are from its next start on."""
        self._variables.update(settings)

    def migrate(self) -> None:
        done = subprocess.run([str(self._program), "migrate"], env=self._variables, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                              timeout=MIGRATE_SECONDS)
        if done.returncode != 0:
            raise Failure(f"'{self._program} migrate' ended with status {done.returncode}: {done.stdout}")

    def start(self) -> None:
        """Returns at once; does nothing where it runs."""
        with self._one_at_a_time:
            if self.is_running:
                return
            self._process = _starter.submit(self._begin).result()
            self.log.with_suffix(".pid").write_text(f"{self._process.pid}\n")

    def _begin(self) -> subprocess.Popen:
        command = ["setpriv", "--pdeathsig", "KILL", str(self._program), "run"]
        with self.log.open("ab") as log:
            return subprocess.Popen(command, env=self._variables, stdin=subprocess.DEVNULL, stdout=log,
                                    stderr=subprocess.STDOUT, start_new_session=True)

    def wait_ready(self, within: float) -> None:
        deadline = time.monotonic() + within
        while True:
            status, told = self.readiness()
            if status == 200:
                return
            if not self.is_running:
                raise Failure(f"shop-{self.name} ended while it started. {self._end_of_log()}")
            if time.monotonic() > deadline:
                raise Failure(f"shop-{self.name} is not ready in {within:g} s: {told}. {self._end_of_log()}")
            time.sleep(LOOK_EVERY)

    def readiness(self) -> tuple[int, str]:
        """The status of /readyz, and what it says; 0 while nobody listens."""
        connection = http.client.HTTPConnection("127.0.0.1", self._admin_port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            response = connection.getresponse()
            return response.status, response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            return 0, str(error)
        finally:
            connection.close()

    def kill9(self) -> None:
        """It is gone when this returns."""
        with self._one_at_a_time:
            if self._process is not None:
                self._process.kill()
                self._process.wait()

    def stop(self, within: float = STOP_SECONDS) -> int | None:
        """In its orderly way, and by force where it takes too long. The status that it ended with; None where
        it did not run."""
        with self._one_at_a_time:
            if not self.is_running:
                return None
            self._process.terminate()
            try:
                return self._process.wait(within)
            except subprocess.TimeoutExpired:
                self.kill9()
                return self._process.returncode

    def _end_of_log(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-_LOG_LINES:] if self.log.exists() else []
        return "\n".join([f"The end of {self.log}:", *lines])
