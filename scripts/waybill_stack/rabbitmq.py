"""One node of a private RabbitMQ broker, alone or in a cluster."""

import base64
import http.client
import json
import os
import subprocess
import time
from pathlib import Path
from signal import Signals
from typing import Any

from . import processes
from .failure import Failure
from .port_mapper import erlang
from .progress import say
from .server import Server, program, tail
from .state import PASSWORD, USER, State

_SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"

_REGISTRATION_S = 1.5

_CONFIGURATION = """\
listeners.tcp.1 = 127.0.0.1:{amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}
default_user = {user}
default_pass = {password}
default_user_tags.administrator = true
collect_statistics_interval = 1000
log.console = false
log.file.rotation.size = 10485760
log.file.rotation.count = 2
"""

# Tests ask the management API for the counts of a quorum queue. These may be as old as this; by
# default, five seconds, as the statistics of connections are, above.
_ADVANCED_CONFIGURATION = "[{rabbit, [{quorum_tick_interval, 500}]}].\n"


def added_configuration(state: State) -> Path:
    return state.directory / "rabbitmq" / "added.conf"


class RabbitNode(Server):
    kind = "rabbitmq"

    def __init__(self, state: State, number: int):
        super().__init__(state)
        self.name = f"rabbitmq{number}"
        self.number = number
        self.port_names = [f"{self.name}.{use}" for use in ("amqp", "management", "distribution")]

    @property
    def erlang_name(self) -> str:
        return f"waybill{self.number}@localhost"

    @property
    def home(self) -> Path:
        return self.state.directory / "rabbitmq" / f"node{self.number}"

    @property
    def log_files(self) -> list[Path]:
        return [self.home / "log" / f"{self.erlang_name}.log", self.home / "console.log"]

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port(self.name + '.amqp')}"

    def url(self) -> str:
        return f"amqp://{USER}:{PASSWORD}@{self.address}/"

    def management_url(self) -> str:
        return f"http://{USER}:{PASSWORD}@127.0.0.1:{self.port(self.name + '.management')}"

    def version(self) -> str:
        installed = sorted(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*"))
        return installed[-1].name.split("-", 1)[1] if installed else "?"

    def prepare(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "log").mkdir(exist_ok=True)
        (self.home / "enabled_plugins").write_text("[rabbitmq_management].\n", encoding="utf-8")
        amqp, management, _ = (self.port(name) for name in self.port_names)
        lines = _CONFIGURATION.format(amqp=amqp, management=management, user=USER, password=PASSWORD)
        # The members it joins; a founder is told of none, or it would wait five seconds for each.
        lines += "cluster_formation.peer_discovery_backend = classic_config\n"
        for number in sorted({*self.state.joined, self.number}):
            lines += f"cluster_formation.classic_config.nodes.{number} = waybill{number}@localhost\n"
        added = added_configuration(self.state)
        if added.exists():
            lines += added.read_text(encoding="utf-8")
        (self.home / "advanced.config").write_text(_ADVANCED_CONFIGURATION, encoding="utf-8")
        (self.home / "rabbitmq.conf").write_text(lines, encoding="utf-8")

    def spawn(self) -> subprocess.Popen:
        own = {"CONF_ENV_FILE": "/dev/null", "NODENAME": self.erlang_name,
               "NODE_PORT": str(self.port(f"{self.name}.amqp")),
               "DIST_PORT": str(self.port(f"{self.name}.distribution")),
               "MNESIA_BASE": str(self.home / "mnesia"), "LOG_BASE": str(self.home / "log"),
               "SCHEMA_DIR": str(self.home / "schema"), "CONFIG_FILE": str(self.home / "rabbitmq.conf"),
               "ADVANCED_CONFIG_FILE": str(self.home / "advanced.config"),
               "ENABLED_PLUGINS_FILE": str(self.home / "enabled_plugins"),
               "SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}"}
        # With RUNNING_UNDER_SYSTEMD the script becomes the server instead of waiting for it as a shell.
        environment = {f"RABBITMQ_{name}": value for name, value in own.items()} | erlang(self.state)
        return self._launch([program(_SERVER)], self.name, self.log_files[1],
                            environment | {"RUNNING_UNDER_SYSTEMD": "true"})

    def is_ready(self, pid: int) -> bool:
        overview = self.get("/api/overview")
        return overview is not None and any(
            listener["node"] == self.erlang_name and listener["protocol"] == "amqp"
            for listener in overview["listeners"])

    def passing_cause(self) -> str:
        """Members that start at the same moment may ask one that does not know its own feature flags
        yet; RabbitMQ 3.10 then ends, instead of asking again."""
        last_words = " ".join(tail(self.log_files[0], 3))
        if "incompatible_feature_flags" in last_words and "badmap,undefined" in last_words:
            return "asked another member too early for its feature flags, trying again"
        return ""

    def sees(self) -> set[str]:
        """The Erlang names of the running members of its cluster."""
        return {node["name"] for node in self.get("/api/nodes") or [] if node["running"]}

    def get(self, path: str) -> Any:
        """What the management API answers; None when it does not, or not yet."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port(f"{self.name}.management"), timeout=3)
        password = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        try:
            connection.request("GET", path, headers={"Authorization": f"Basic {password}"})
            response = connection.getresponse()
            return json.loads(response.read()) if response.status == 200 else None
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()

    def settle(self) -> None:
        """Waits until the last declared quorum queue would survive a kill. RabbitMQ 3.10 writes a
        queue's registration half a second after its declaration; a node killed before that comes back
        with the queue but without its data, confirmed messages too, and without a leader, for ever."""
        queues = filter(Path.is_dir, self.home.glob("mnesia/*/quorum/*/*"))
        declared = [queue.stat().st_ctime for queue in queues]
        remaining = max(declared, default=0.0) + _REGISTRATION_S - time.time()
        if remaining > 0:
            say(self.name, f"waiting {remaining:.1f} s: a queue declared just now would not survive the kill")
            time.sleep(min(remaining, _REGISTRATION_S))

    def ask_to_stop(self, family: list[processes.Process]) -> None:
        detach_statistics(self)
        main = processes.main_of(family)
        processes.send(family if main is None else [main], Signals.SIGTERM)


def detach_statistics(node: RabbitNode) -> None:
    """Spares the stop five seconds: told to end, RabbitMQ 3.10 stops the management plugin's event
    handler from within the application controller, which that handler then calls, in vain, until its
    call times out. Removed before, the handler has nobody to wait for. Where this fails, the stop only
    takes longer."""
    script = (f"rpc:call('{node.erlang_name}', gen_event, delete_handler, "
              "[rabbit_event, rabbit_mgmt_db_handler, []], 2000), halt().")
    try:
        _run_erlang(node, script, timeout_s=4)
    except (OSError, subprocess.TimeoutExpired):
        pass


def evaluate(node: RabbitNode, expression: str) -> str:
    """What an Erlang expression comes to within the node, as `rabbitmqctl eval` has it."""
    script = ("[Text] = init:get_plain_arguments(), {ok, Words, _} = erl_scan:string(Text), "
              "{ok, Parsed} = erl_parse:parse_exprs(Words), "
              f"case rpc:call('{node.erlang_name}', erl_eval, exprs, [Parsed, []], 10000) of "
              "{value, Value, _} -> io:format(\"~p~n\", [Value]), halt(0); "
              "Failed -> io:format(\"~p~n\", [Failed]), halt(1) end.")
    try:
        done = _run_erlang(node, script, "-extra", expression, timeout_s=30)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failure(f"{node.name} cannot be asked: {error}") from error
    if done.returncode != 0:
        raise Failure(f"{node.name} cannot evaluate '{expression}': {done.stdout.strip()}")
    return done.stdout.strip()


def run_tool(node: RabbitNode, tool: str, arguments: list[str]) -> int:
    """One of RabbitMQ's own tools, as on the machine of the node."""
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8",
                   "RABBITMQ_CONF_ENV_FILE": "/dev/null",
                   "RABBITMQ_NODENAME": node.erlang_name,
                   "RABBITMQ_ENABLED_PLUGINS_FILE": str(node.home / "enabled_plugins")}
    environment |= erlang(node.state) | processes.mark(node.state.directory, "caller")
    command = [program(f"/usr/lib/rabbitmq/bin/{tool}"), *arguments]
    return subprocess.run(command, env=environment, cwd=node.home, check=False).returncode


def _run_erlang(node: RabbitNode, script: str, *more: str, timeout_s: float) -> subprocess.CompletedProcess:
    """Runs a script in a virtual machine of its own that may call the node."""
    command = ["/usr/bin/erl", "-boot", "no_dot_erlang", "-noinput", "-hidden", "-sname",
               f"caller{node.number}x{os.getpid()}@localhost", "-eval", script, *more]
    environment = {"PATH": "/usr/bin:/bin"} | erlang(node.state)
    environment |= processes.mark(node.state.directory, "caller")
    return subprocess.run(command, env=environment, cwd=node.home, timeout=timeout_s, check=False, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
