"""A private PostgreSQL cluster."""

import secrets
import shutil
import subprocess
from pathlib import Path
from signal import Signals

from . import ports, processes
from .failure import Failure
from .progress import say
from .server import Server, program, tail
from .state import DATABASE, PASSWORD, USER, State

_PROGRAMS = "/usr/lib/postgresql/15/bin"

# Durable, because tests of what survives a crash are worth nothing on a server that may forget.
_CONFIGURATION = """\
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 300
fsync = on
synchronous_commit = on
full_page_writes = on
log_line_prefix = '%m [%p] %q%u@%d '
"""


def added_configuration(state: State) -> Path:
    return state.directory / "postgres" / "added.conf"


class Postgres(Server):
    name = "postgres"
    kind = "postgres"
    port_names = ["postgres"]

    @property
    def home(self) -> Path:
        return self.state.directory / "postgres"

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log_files(self) -> list[Path]:
        return [self.home / "postgres.log"]

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port('postgres')}"

    def url(self) -> str:
        return f"postgresql://{USER}:{PASSWORD}@{self.address}/{DATABASE}"

    def version(self) -> str:
        output = subprocess.run([program(f"{_PROGRAMS}/postgres"), "--version"], capture_output=True,
                                text=True, check=False).stdout
        return next((word for word in output.split() if word[0].isdigit()), "?")

    def prepare(self) -> None:
        self.home.mkdir(exist_ok=True)
        if not self.data.exists():
            say(self.name, f"making a cluster in {self.data}")
            self._initialise()
        settings = _CONFIGURATION.format(port=self.port("postgres"))
        added = added_configuration(self.state)
        if added.exists():
            settings += added.read_text(encoding="utf-8")  # the last word on a setting counts
        (self.data / "waybill.conf").write_text(settings, encoding="utf-8")
        # The start of this file's process was refused if one of the directory's processes were alive,
        # so the pid in it is a dead one's, or by now a stranger's, for whom PostgreSQL would refuse to
        # start.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _initialise(self) -> None:
        """Made beside its place and renamed: half a cluster is never taken for one."""
        unfinished = self.home / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        password = self.home / f"password.{secrets.token_hex(4)}"
        password.touch(mode=0o600)
        password.write_text(PASSWORD + "\n", encoding="utf-8")
        try:
            self._run([program(f"{_PROGRAMS}/initdb"), "-D", str(unfinished), "-U", USER,
                       f"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8",
                       "--no-instructions", "--no-sync"])  # an empty cluster is worth no wait for the disk
        finally:
            password.unlink()
        self._run([program(f"{_PROGRAMS}/postgres"), "--single", "-D", str(unfinished), "postgres"],
                  f"CREATE DATABASE {DATABASE}\n")
        with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\ninclude 'waybill.conf'\n")
        unfinished.rename(self.data)

    def _run(self, command: list[str], text: str = "") -> None:
        log = self.home / "initdb.log"
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        environment |= processes.mark(self.state.directory, self.name)
        with log.open("ab") as output:
            done = subprocess.run(command, input=text.encode(), stdout=output, stderr=output, env=environment,
                                  cwd=self.home, check=False)
        if done.returncode != 0:
            lines = "\n".join("    " + line for line in tail(log, 15))
            raise Failure(f"{Path(command[0]).name} failed in {self.home}:\n{lines}")

    def spawn(self) -> subprocess.Popen:
        command = [program(f"{_PROGRAMS}/postgres"), "-D", str(self.data)]
        return self._launch(command, self.name, self.log_files[0])

    def is_ready(self, pid: int) -> bool:
        # The postmaster writes its pid in the first line and how far it has come in the eighth.
        lines = tail(self.data / "postmaster.pid", 8)
        return (len(lines) == 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"
                and ports.answers(self.port("postgres")))

    def ask_to_stop(self, family: list[processes.Process]) -> None:
        main = processes.main_of(family)
        # SIGINT is the fast shutdown: it ends sessions instead of waiting for them. Children without a
        # postmaster know no orderly end.
        if main is not None:
            processes.send([main], Signals.SIGINT)
        else:
            processes.send(family, Signals.SIGQUIT)
