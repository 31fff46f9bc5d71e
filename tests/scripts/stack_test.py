"""scripts/stack held to what it promises, with real servers. Each test has a directory of its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

STACK = Path(__file__).resolve().parents[2] / "scripts" / "stack"
PSQL = "/usr/lib/postgresql/15/bin/psql"
NOT_UP = 3


def processes_of(directory):
    """Pids of everything that runs from the directory, found without the script's own means."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            told = Path(f"/proc/{entry}/environ").read_bytes() + Path(f"/proc/{entry}/cmdline").read_bytes()
            where = os.readlink(f"/proc/{entry}/cwd")
            state = Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        concerned = where.startswith(f"{directory}/") or str(directory).encode() in told
        if concerned and state != "Z" and int(entry) != os.getpid():
            found.append(int(entry))
    return found


def eventually(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


class StackTest(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="waybill stack test "))
        self.root.chmod(0o755)
        self.directory = self.root / "servers"
        self.addCleanup(self.remove)

    def remove(self):
        for directory in self.root.iterdir():
            if directory.is_dir():
                subprocess.run([STACK, "--dir", directory, "reset"], capture_output=True, check=False)
        shutil.rmtree(self.root, ignore_errors=True)

    def is_deleted(self):
        """The folder itself stays, empty, where the servers' user may not write into the folder above."""
        return not self.directory.exists() or not any(self.directory.iterdir())

    def stack(self, *arguments, directory=None, expect=0):
        command = [STACK, "--dir", directory or self.directory, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, expect, f"{arguments}: {done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def begin(self, *arguments, directory=None):
        command = [STACK, "--dir", directory or self.directory, *arguments]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def environment(self, directory=None):
        return json.loads(self.stack("env", "--json", directory=directory))

    def pids(self):
        rows = [line.split() for line in self.stack("status").splitlines()[1:]]
        return {row[0]: int(row[4]) for row in rows}

    def sql(self, text):
        done = subprocess.run([PSQL, self.environment()["WAYBILL_POSTGRES_URL"], "-qAtX", "-c", text],
                              capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def management(self, method, path, body=None):
        url = urlsplit(self.environment()["WAYBILL_RABBITMQ_MANAGEMENT_URL"])
        passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        address = f"http://{url.hostname}:{url.port}"
        passwords.add_password(None, address, url.username, url.password)
        opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(passwords))
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(address + path, data=data, method=method, headers=headers)
        with opener.open(request, timeout=10) as response:
            text = response.read()
        return json.loads(text) if text else None

    def put_message_and_row(self):
        self.sql("CREATE TABLE kept(n int); INSERT INTO kept VALUES (42)")
        self.put_message()

    def put_message(self):
        self.management("PUT", "/api/queues/%2f/kept",
                        {"durable": True, "arguments": {"x-queue-type": "quorum"}})
        self.management("POST", "/api/exchanges/%2f/amq.default/publish", {
            "properties": {"delivery_mode": 2}, "routing_key": "kept", "payload": "hello",
            "payload_encoding": "string"})

    def assert_message_and_row_are_there(self):
        self.assertEqual(self.sql("SELECT n FROM kept"), "42")
        self.assert_message_is_there()

    def assert_message_is_there(self):
        got = self.management("POST", "/api/queues/%2f/kept/get",
                              {"count": 1, "ackmode": "ack_requeue_true", "encoding": "auto"})
        self.assertEqual([message["payload"] for message in got], ["hello"])


class BothServers(StackTest):
    def test_come_up_keep_their_data_and_leave_no_process(self):
        self.stack("up")
        self.assertEqual(self.stack("status").count(" up "), 2)
        self.assertEqual(set(self.environment()), {
            "WAYBILL_POSTGRES_URL", "WAYBILL_RABBITMQ_URL", "WAYBILL_RABBITMQ_MANAGEMENT_URL",
            "WAYBILL_STACK_DIR"})
        for pid in processes_of(self.directory):
            self.assertNotEqual(os.stat(f"/proc/{pid}").st_uid, 0, "a server runs as root")
        self.put_message_and_row()
        addresses = self.environment()
        pids = self.pids()
        self.stack("up")
        self.assertEqual(self.pids(), pids, "an `up` of what is up must change nothing")

        self.stack("down")
        self.assertEqual(processes_of(self.directory), [])
        self.assertEqual(self.stack("status", expect=NOT_UP).count(" down "), 2)
        self.assertIn("scripts/stack up", self.stack("env", expect=NOT_UP))

        self.stack("up")
        self.assertEqual(self.environment(), addresses, "free ports must be used again")
        self.assert_message_and_row_are_there()
        self.assertIn("listening on", self.stack("logs", "postgres"))
        self.stack("reset")
        self.assertTrue(self.is_deleted())
        self.assertEqual(processes_of(self.directory), [])

    # A crash leaves pid files, and after a reboot their numbers belong to strangers.
    def test_come_back_after_kill_9_when_their_pids_are_others_by_now(self):
        self.stack("up")
        self.put_message_and_row()
        # RabbitMQ loses a quorum queue that is killed within a second of its declaration.
        declared = time.monotonic()
        self.assertTrue(eventually(lambda: time.monotonic() > declared + 1.5))
        owner = self.directory.stat().st_uid
        for pid in self.pids().values():
            os.kill(pid, signal.SIGKILL)
        self.assertTrue(eventually(lambda: self.stack("status", expect=NOT_UP).count(" down ") == 2))
        stranger = subprocess.Popen(["sleep", "300"], user=owner)
        self.addCleanup(stranger.wait)
        self.addCleanup(stranger.kill)
        for file in (self.directory / "postgres" / "data" / "postmaster.pid",
                     *self.directory.glob("rabbitmq/node1/mnesia/*.pid")):
            lines = file.read_text().splitlines() or [""]
            file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        self.stack("up")
        self.assert_message_and_row_are_there()
        self.stack("down")
        self.assertIsNone(stranger.poll(), "a stranger with a reused pid was ended")
        self.assertEqual(processes_of(self.directory), [])

    def test_of_two_directories_come_up_at_the_same_time_and_leave_each_other_alone(self):
        other = self.root / "others"
        first, second = self.begin("up"), self.begin("up", directory=other)
        for begun in (first, second):
            output, _ = begun.communicate()
            self.assertEqual(begun.returncode, 0, output)
        here, there = self.environment(), self.environment(other)
        self.assertFalse(set(here.values()) & set(there.values()))
        self.stack("down")
        self.assertEqual(self.environment(other), there)
        self.stack("status", directory=other)

    def interrupted(self, last_words, *arguments):
        begun = self.begin("up", *arguments)
        for line in begun.stdout:
            if last_words in line:
                break
        begun.kill()
        begun.communicate()

    def test_recover_from_an_up_that_was_interrupted_half_way(self):
        self.interrupted("making a cluster", "--only", "postgres")
        self.stack("up", "--only", "postgres")
        self.assertEqual(self.sql("SELECT 1"), "1")
        self.interrupted("rabbitmq1  starting", "--only", "rabbitmq")
        self.stack("up")
        self.assertTrue(self.management("GET", "/api/overview"))

    def test_are_all_found_and_ended_when_their_up_was_interrupted(self):
        self.interrupted("rabbitmq1  starting")
        self.stack("down")
        self.assertEqual(processes_of(self.directory), [])


class OneServer(StackTest):
    def test_moves_to_another_port_when_its_own_was_taken_meanwhile(self):
        self.stack("up", "--only", "postgres")
        taken = urlsplit(self.environment()["WAYBILL_POSTGRES_URL"]).port
        self.stack("down")
        with socket.create_server(("127.0.0.1", taken)):
            self.assertIn(f"port {taken} is in use", self.stack("up", "--only", "postgres"))
            self.assertNotEqual(urlsplit(self.environment()["WAYBILL_POSTGRES_URL"]).port, taken)

    def test_has_only_its_own_variables_and_the_others_are_unset(self):
        self.stack("up", "--only", "postgres")
        lines = self.stack("env").splitlines()
        self.assertIn("unset WAYBILL_RABBITMQ_URL", lines)
        self.assertEqual(list(self.environment()), ["WAYBILL_POSTGRES_URL", "WAYBILL_STACK_DIR"])
        self.assertEqual(self.stack("status").count("\n"), 2)

    def test_is_durable_and_listens_on_loopback_only(self):
        self.stack("up", "--only", "postgres")
        shown = [self.sql(f"SHOW {name}") for name in (
            "fsync", "full_page_writes", "synchronous_commit", "max_connections", "listen_addresses",
            "unix_socket_directories", "password_encryption")]
        self.assertEqual(shown, ["on", "on", "on", "300", "127.0.0.1", "", "scram-sha-256"])

    def test_takes_settings_of_the_callers_and_keeps_them(self):
        added = self.root / "added.conf"
        added.write_text("max_connections = 17\nfsync = off\n")
        added.chmod(0o644)
        self.stack("up", "--only", "postgres", "--postgres-config", added)
        self.assertEqual([self.sql("SHOW max_connections"), self.sql("SHOW fsync")], ["17", "off"])
        added.unlink()
        self.stack("stop", "postgres")
        self.stack("start", "postgres")
        self.assertEqual(self.sql("SHOW max_connections"), "17")

    def test_can_be_killed_started_frozen_and_thawed(self):
        self.stack("up", "--only", "postgres")
        self.stack("kill", "postgres")
        self.assertEqual(processes_of(self.directory), [])
        self.stack("start", "postgres")
        self.stack("pause", "postgres")
        self.assertIn(" paused ", self.stack("status", expect=NOT_UP))
        self.stack("resume", "postgres")
        self.assertEqual(self.sql("SELECT 1"), "1")
        self.stack("pause", "postgres")
        self.stack("stop", "postgres")
        self.assertEqual(processes_of(self.directory), [])

    def test_that_cannot_start_shows_the_end_of_its_log(self):
        self.stack("up", "--only", "postgres")
        self.stack("down")
        with (self.directory / "postgres" / "data" / "postgresql.conf").open("a") as file:
            file.write("\nno_such_setting = 1\n")
        output = self.stack("up", "--only", "postgres", expect=1)
        self.assertIn("no_such_setting", output)
        self.assertIn("postgres ended while starting", output)

    def test_is_started_once_by_two_commands_at_the_same_time(self):
        begun = [self.begin("up", "--only", "postgres") for _ in range(2)]
        outputs = [process.communicate()[0] for process in begun]
        self.assertEqual([process.returncode for process in begun], [0, 0], outputs)
        self.assertEqual(sum("making a cluster" in output for output in outputs), 1)

    # A test that is killed in the middle cannot tidy up its servers itself.
    def test_ends_with_the_process_that_it_was_started_for(self):
        owner = subprocess.Popen(["sleep", "300"])
        self.stack("up", "--only", "postgres", "--until", str(owner.pid))
        self.stack("status")
        owner.kill()
        owner.wait()
        self.assertTrue(eventually(lambda: self.is_deleted() and not processes_of(self.directory)))

    def test_leaves_no_guard_when_it_is_stopped_before_that_process_ends(self):
        self.stack("up", "--only", "postgres", "--until", str(os.getpid()))
        guard = json.loads((self.directory / "state.json").read_text())["guard"]["pid"]
        self.assertTrue(Path(f"/proc/{guard}").exists())
        self.stack("down")
        self.assertTrue(eventually(lambda: not Path(f"/proc/{guard}").exists()))


if os.geteuid() == 0:
    class StartedAsRoot(StackTest):
        def test_uses_another_place_where_the_ordinary_user_cannot_reach(self):
            secret = self.root / "secret"
            secret.mkdir(mode=0o700)
            directory = secret / "servers"
            output = self.stack("up", "--only", "postgres", directory=directory)
            self.assertIn("cannot reach", output)
            place = Path(output.split("the servers' data is in ")[1].splitlines()[0])
            self.assertTrue(place.is_relative_to("/var/tmp"))
            self.assertNotEqual(place.stat().st_uid, 0)
            self.assertIn(str(place), self.stack("status", directory=directory))
            self.stack("reset", directory=directory)
            self.assertFalse(place.exists())


class Cluster(StackTest):
    def running(self):
        return [node["running"] for node in self.management("GET", "/api/nodes")]

    # RabbitMQ loses a quorum queue, with what it confirmed, when it is killed within a second of the
    # declaration.
    def test_of_one_is_not_killed_before_its_queues_can_survive_it(self):
        self.stack("up", "--only", "rabbitmq")
        declared = time.monotonic()
        self.put_message()
        self.stack("kill", "rabbitmq")
        self.assertGreater(time.monotonic() - declared, 1.0)
        self.stack("start", "rabbitmq")
        self.assert_message_is_there()

    def test_forms_loses_a_node_and_gets_it_back(self):
        self.stack("up", "--only", "rabbitmq", "--nodes", "3")
        self.assertEqual(self.running(), [True, True, True])
        self.assertIn("WAYBILL_RABBITMQ_URL_3", self.environment())
        self.stack("kill", "rabbitmq", "--node", "3")
        self.assertTrue(eventually(lambda: self.running() == [True, True, False]))
        self.assertNotIn("WAYBILL_RABBITMQ_URL_3", self.environment())
        self.stack("start", "rabbitmq", "--node", "3")
        self.assertEqual(self.running(), [True, True, True])
        self.stack("down")
        self.assertEqual(processes_of(self.directory), [])
        self.stack("up", "--only", "rabbitmq")
        self.assertEqual(self.running(), [True, True, True])
        self.assertIn("cannot shrink", self.stack("up", "--nodes", "2", expect=1))


class Refusals(StackTest):
    def test_another_programs_directory_is_neither_used_nor_deleted(self):
        self.directory.mkdir()
        kept = self.directory / "thesis.txt"
        kept.write_text("years of work")
        for command in ("up", "reset"):
            self.stack(command, expect=1)
        self.assertEqual(kept.read_text(), "years of work")

    # Without its configuration a test would run on another server than it believes.
    def test_a_configuration_that_cannot_be_read_starts_nothing_and_is_named(self):
        missing = self.root / "missing.conf"
        scrambled = self.root / "scrambled.conf"
        scrambled.write_bytes(b"\xff\xfe")
        scrambled.chmod(0o644)
        for option in ("--rabbitmq-config", "--postgres-config"):
            self.assertIn(f"{missing} cannot be read: No such file",
                          self.stack("up", option, missing, expect=1))
            self.assertIn(f"{scrambled} cannot be read: it is no UTF-8 text",
                          self.stack("up", option, scrambled, expect=1))
        self.assertEqual(processes_of(self.directory), [])
        self.stack("status", expect=NOT_UP)

    def test_a_directory_without_servers_says_how_to_make_some(self):
        self.assertIn("scripts/stack up", self.stack("env", expect=NOT_UP))
        self.assertIn("scripts/stack up", self.stack("kill", "postgres", expect=NOT_UP))
        self.stack("status", expect=NOT_UP)
        self.assertIn("nothing to stop", self.stack("down"))
        self.assertFalse(self.directory.exists())

    def test_every_command_explains_itself(self):
        for command in "up down status env logs reset start stop kill pause resume eval tool".split():
            self.assertIn("usage: scripts/stack", self.stack(command, "--help"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
