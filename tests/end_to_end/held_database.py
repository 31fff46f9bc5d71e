"""A service's database, while somebody else is at it."""

import contextlib
import shutil
import subprocess

PSQL = shutil.which("psql") or "/usr/lib/postgresql/15/bin/psql"


def run(url: str, *statements: str) -> None:
    words = [word for statement in statements for word in ("-c", statement)]
    subprocess.run([PSQL, url, "-qXAt", "-v", "ON_ERROR_STOP=1", *words], check=True,
                   stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def locked(url: str, table: str):
    """Nobody else can read or write the table."""
    with _session(url, f"BEGIN; LOCK TABLE {table};", "ROLLBACK;"):
        yield


@contextlib.contextmanager
def key_in_use(url: str, key: str):
    """The key of a request that was answered is as if another transaction were at it, and not done yet."""
    with _session(url, f"SELECT pg_advisory_lock(hash) FROM waybill.idempotency WHERE key = '{key}';"
                       f"DELETE FROM waybill.idempotency WHERE key = '{key}';",
                  "SELECT pg_advisory_unlock_all();"):
        yield


@contextlib.contextmanager
def _session(url: str, statements: str, ending: str):
    psql = subprocess.Popen([PSQL, url, "-qXAt", "-v", "ON_ERROR_STOP=1"], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, text=True)
    try:
        _do(psql, statements)
        yield
        # Who only ends the program is not told when the server has noticed.
        _do(psql, ending)
    finally:
        psql.communicate()


def _do(psql: subprocess.Popen, statements: str) -> None:
    psql.stdin.write(f"{statements}\nSELECT 'done';\n")
    psql.stdin.flush()
    if not any(line.strip() == "done" for line in psql.stdout):
        raise AssertionError(f"psql ended within '{statements}'")


@contextlib.contextmanager
def without(url: str, table: str):
    """The table is called otherwise."""
    run(url, f"ALTER TABLE {table} RENAME TO {table}_elsewhere")
    try:
        yield
    finally:
        run(url, f"ALTER TABLE {table}_elsewhere RENAME TO {table}")


@contextlib.contextmanager
def away(server_url: str, database: str):
    """Nobody can connect to the database, and who was is not."""
    run(server_url, f'ALTER DATABASE "{database}" WITH ALLOW_CONNECTIONS false',
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")
    try:
        yield
    finally:
        run(server_url, f'ALTER DATABASE "{database}" WITH ALLOW_CONNECTIONS true')
