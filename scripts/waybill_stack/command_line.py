"""scripts/stack as a person types it."""

import argparse
import os
import sys
from pathlib import Path
from typing import Callable

from . import guard, launch, ordinary_user, postgres, rabbitmq, report
from .failure import Failure
from .progress import say, warn
from .rabbitmq import evaluate, run_tool
from .server import Server
from .stack import Stack
from .state import locked

_CHECKOUT = Path(__file__).resolve().parent.parent.parent

_DESCRIPTION = """\
Private PostgreSQL and RabbitMQ servers for development and tests, on free loopback ports, with their data
under var/stack of this checkout. They run as an ordinary user and never touch a server that the machine
already runs.

  scripts/stack up                     starts both, and makes them first when they do not exist
  eval "$(scripts/stack env)"          puts their addresses into the shell's environment
  scripts/stack down                   stops them; the data stays for the next `up`
"""

_EPILOG = "Exit status: 0 done, 1 failed, 2 wrong usage, 3 (status, env) not up."


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except Failure as failure:
        warn(str(failure))
        return failure.exit_status
    except KeyboardInterrupt:
        warn("interrupted. What has started runs on: `scripts/stack up` goes on from here, `down` ends it")
        sys.stdout.flush()
        os._exit(130)  # threads that wait for servers would hold an ordinary exit up
    except BrokenPipeError:
        os._exit(0)


def _up(options: argparse.Namespace) -> int:
    directory = _directory(options, make=True)
    with locked(directory):
        stack = Stack(directory)
        if options.rabbitmq_config is not None:
            stack.configure(rabbitmq.added_configuration(stack.state), options.rabbitmq_config)
        if options.postgres_config is not None:
            stack.configure(postgres.added_configuration(stack.state), options.postgres_config)
        stack.up([options.only] if options.only else ["postgres", "rabbitmq"], options.nodes)
        if options.until is not None:
            guard.post(stack.state, options.until, lambda: _remove(directory))
    if options.only is None:
        say("up", 'eval "$(scripts/stack env)" tells a shell where')
    return 0


def _down(options: argparse.Namespace) -> int:
    directory = _directory(options)
    if not directory.exists():
        say("down", f"nothing to stop: {directory} does not exist")
        return 0
    with locked(directory):
        stopped = Stack(directory).down()
    say("down", f"nothing of {directory} runs" + ("" if stopped else ", nor did before"))
    return 0


def _reset(options: argparse.Namespace) -> int:
    directory = _directory(options)
    if not directory.exists():
        say("reset", f"nothing to delete: {directory} does not exist")
        return 0
    _remove(directory)
    return 0


def _remove(directory: Path) -> None:
    with locked(directory):
        Stack(directory).reset()


def _on_servers(verb: Callable[[Server], bool], done: str) -> Callable[[argparse.Namespace], int]:
    def run(options: argparse.Namespace) -> int:
        directory = _existing(options)
        with locked(directory):
            for server in Stack(directory).pick(options.server, options.node):
                if verb is launch.kill and not options.at_once:
                    server.settle()
                say(server.name, done if verb(server) else "was not running")
        return 0

    return run


def _start(options: argparse.Namespace) -> int:
    directory = _existing(options)
    with locked(directory):
        stack = Stack(directory)
        picked = stack.pick(options.server, options.node)
        if options.server == "postgres":
            launch.start(picked[0])
        else:
            stack.start_nodes(picked)
    return 0


def _eval(options: argparse.Namespace) -> int:
    directory = _existing(options)
    with locked(directory):
        for node in Stack(directory).pick("rabbitmq", options.node):
            print(evaluate(node, options.expression))
    return 0


def _tool(options: argparse.Namespace) -> int:
    return run_tool(Stack(_existing(options)).nodes[0], options.tool, options.arguments)


def _status(options: argparse.Namespace) -> int:
    return report.status(Stack(_directory(options)))


def _env(options: argparse.Namespace) -> int:
    return report.environment(Stack(_directory(options)), options.json)


def _logs(options: argparse.Namespace) -> int:
    return report.logs(Stack(_directory(options)), options.server, options.lines, options.follow)


def _directory(options: argparse.Namespace, make: bool = False) -> Path:
    wanted = Path(getattr(options, "dir", None) or _CHECKOUT / "var" / "stack")
    return ordinary_user.settle(wanted.absolute().resolve(), make)


def _existing(options: argparse.Namespace) -> Path:
    directory = _directory(options)
    if not Stack(directory).state.exists:
        raise Failure(f"{directory} holds no servers: run `scripts/stack up`", report.NOT_UP)
    return directory


def _parser() -> argparse.ArgumentParser:
    formatter = argparse.RawDescriptionHelpFormatter
    place = argparse.ArgumentParser(add_help=False)
    place.add_argument("--dir", metavar="DIR", default=argparse.SUPPRESS,
                       help="another place for data and logs, and so other servers (default: var/stack)")
    parser = argparse.ArgumentParser(prog="scripts/stack", description=_DESCRIPTION, epilog=_EPILOG,
                                     parents=[place], formatter_class=formatter)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], int], brief: str, more: str = ""):
        description = f"{brief[0].upper()}{brief[1:]}. {more}".strip()
        sub = commands.add_parser(name, help=brief, description=description, parents=[place],
                                  formatter_class=formatter)
        sub.set_defaults(run=run)
        return sub

    _add_commands_for_all(command)
    _add_eval(command)
    for name, run, brief in (
            ("start", _start, "start one server again, with the data it had"),
            ("stop", _on_servers(launch.stop, "is down"), "stop one server in its orderly way"),
            ("kill", _on_servers(launch.kill, "killed"), "end one server and its children with SIGKILL"),
            ("pause", _on_servers(launch.pause, "paused"),
             "freeze one server (SIGSTOP): it takes but never answers"),
            ("resume", _on_servers(launch.resume, "resumed"), "let a frozen server go on")):
        sub = command(name, run, brief)
        sub.add_argument("server", choices=["postgres", "rabbitmq"])
        sub.add_argument("--node", type=int, metavar="K",
                         help="only this node of a RabbitMQ cluster (default: all)")
        if name == "kill":
            sub.add_argument("--at-once", action="store_true",
                             help="do not wait until RabbitMQ has registered what was declared just now")
    return parser


def _add_eval(command: Callable) -> None:
    sub = command("eval", _eval, "evaluate an Erlang expression in a RabbitMQ node, as rabbitmqctl eval does",
                  "This raises the memory\nalarm: 'vm_memory_monitor:set_vm_memory_high_watermark(1.0e-6).'")
    sub.add_argument("server", choices=["rabbitmq"])
    sub.add_argument("expression", metavar="EXPRESSION", help="with its full stop")
    sub.add_argument("--node", type=int, metavar="K",
                     help="only in this node of a cluster (default: in each)")
    tool = command("tool", _tool, "run one of RabbitMQ's own tools for the first node",
                   "For instance:\nscripts/stack tool rabbitmqctl list_queues")
    tool.add_argument("tool", choices=["rabbitmqctl", "rabbitmq-plugins"])
    tool.add_argument("arguments", nargs=argparse.REMAINDER, metavar="ARGUMENT")


def _add_commands_for_all(command: Callable) -> None:
    up = command("up", _up, "start the servers and wait until they answer",
                 "Does nothing where they are up; data\nof an earlier time is used again.")
    up.add_argument("--only", choices=["postgres", "rabbitmq"], help="start just this one")
    up.add_argument("--nodes", type=int, choices=range(1, 8), metavar="N",
                    help="form a cluster of N RabbitMQ nodes (default: as before, at first 1)")
    up.add_argument("--rabbitmq-config", type=Path, metavar="FILE",
                    help="add these lines to each node's rabbitmq.conf, from now on")
    up.add_argument("--postgres-config", type=Path, metavar="FILE",
                    help="add these lines to PostgreSQL's configuration, from its next start on")
    up.add_argument("--until", type=int, metavar="PID",
                    help="stop the servers and delete their data when that process ends (for tests)")
    command("down", _down, "stop the servers; leaves no process, keeps the data")
    command("status", _status, "show each server with state, address, version, pid and data",
            "Exit status 3 unless all are up.")
    env = command("env", _env, "print the shell commands that export the servers' URLs",
                  'Use: eval "$(scripts/stack env)"\nExit status 3 when no server is up.')
    env.add_argument("--json", action="store_true", help="print a JSON object instead")
    logs = command("logs", _logs, "print the end of the servers' logs")
    logs.add_argument("server", nargs="?", choices=["postgres", "rabbitmq"])
    logs.add_argument("-f", "--follow", action="store_true",
                      help="go on with what is written, until interrupted")
    logs.add_argument("-n", "--lines", type=int, default=40, metavar="N",
                      help="lines of each file (default: 40)")
    command("reset", _reset, "stop the servers and delete their data and logs, without asking")
