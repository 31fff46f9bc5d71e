"""What scripts/demo does once everything is built: servers, services, orders, and what they came to."""

import argparse
import signal
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from . import mix, place
from .failure import Failure
from .place import Limits
from .servers import Servers, stack
from .suite import Suite, find_programs

# A slow payment comes long after its order has run out of time.
SETTINGS = {"order": {"WAYBILL_SAGA_PAY_WITHIN": "6s"}, "payment": {"WAYBILL_PAYMENT_SLOW_AFTER": "5m"}}
PLACED_WITHIN = 6.0
LOOK_EVERY = 1.0


def main(words) -> int:
    given = _arguments(words)
    for one in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, _interrupt)
    try:
        return _run(given)
    except Failure as failure:
        print(f"scripts/demo: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(given) -> int:
    find_programs(given.build_dir)
    try:
        print("== servers", flush=True)
        servers = Servers.started(given.dir)
        files = given.dir.with_name(given.dir.name + "-shop")
        suite = Suite(given.build_dir, files, servers, settings=SETTINGS)
        status = 1
        try:
            status = _show(suite, servers, given)
            return status
        finally:
            if status != 0:
                print(f"scripts/demo: what each service logged is in {_shown(files)}/", file=sys.stderr)
            with _uninterrupted():
                _stop(suite)
    finally:
        with _uninterrupted():
            stack(given.dir, "reset")


def _show(suite: Suite, servers: Servers, given) -> int:
    print("\n== services: databases, migrations, and each until it is ready", flush=True)
    suite.start()
    for service in suite.service.values():
        print(f"  {service.name:<13} {suite.urls[service.name]}  pid {service.pid}")
    print(f"\n== orders: {given.orders}", flush=True)
    wanted = mix.make(given.orders, given.seed, slow_pays=False)
    adds_up = place.place(suite.shop(), wanted, max(5.0, given.orders / PLACED_WITHIN), Limits())
    if given.once:
        return 0 if adds_up else 1
    print(_addresses(suite, servers))
    print(_next_commands(suite))
    print("\nCtrl-C ends it, and deletes its data.", flush=True)
    _stay(suite)
    return 0


def _stay(suite: Suite) -> None:
    """Until interrupted. A service that was killed is started again, as whatever runs it would."""
    try:
        while True:
            for name in suite.revive():
                print(f"shop-{name} had ended, and is started again: pid {suite.service[name].pid}",
                      flush=True)
            time.sleep(LOOK_EVERY)
    except KeyboardInterrupt:
        print("\n== the end", flush=True)


def _addresses(suite: Suite, servers: Servers) -> str:
    at = urlsplit(servers.management_url)
    looked_at = [("orders", f"{suite.urls['order']}/api/v1/orders"),
                 ("stock", f"{suite.urls['inventory']}/api/v1/products"),
                 ("money", f"{suite.urls['payment']}/api/v1/ledger"),
                 ("notifications", f"{suite.urls['notification']}/api/v1/notifications"),
                 ("analytics", f"{suite.urls['analytics']}/api/v1/analytics/summary"),
                 ("metrics", f"{suite.admin_urls['order']}/metrics, and so on; without a key"),
                 ("queues", f"http://{at.hostname}:{at.port}, as {at.username} with {at.password}"),
                 ("logs and mail", f"{_shown(suite.directory)}/")]
    lines = [f"\nto look at, with the key in {_shown(suite.key_file)}"]
    return "\n".join(lines + [f"  {what:<14} {where}" for what, where in looked_at])


def _next_commands(suite: Suite) -> str:
    key = f"$(cat {_shown(suite.key_file)})"
    body = '{"customer_id": "me", "payment_token": "tok_ok", "lines": [{"sku": "tea-assam", "quantity": 2}]}'
    urls = " ".join(f"--{name}-url {url}" for name, url in suite.urls.items())
    return f"""
to try next, in another terminal of this folder
  an order of your own:
    curl -i {suite.urls['order']}/api/v1/orders -H "Authorization: Bearer {key}" \\
      -H "Idempotency-Key: mine-1" -H 'Content-Type: application/json' \\
      -d '{body}'
  300 more, and whether all adds up then:
    SHOP_KEY="{key}" PYTHONPATH=scripts python3 -m waybill_shop.place --orders 300 --disturbed \\
      {urls}
  the payments' end, at any time; they are started again here:
    kill -9 $(cat {_shown(suite.directory)}/payment.pid)"""


def _shown(path: Path) -> str:
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path.resolve())


def _stop(suite: Suite) -> None:
    for name in suite.stop():
        print(f"scripts/demo: shop-{name} did not end well; see {suite.service[name].log}", file=sys.stderr)


class _uninterrupted:
    """What has to be done in any case is not cut short by a second Ctrl-C."""

    def __enter__(self):
        self._before = [(one, signal.signal(one, signal.SIG_IGN)) for one in (signal.SIGINT, signal.SIGTERM)]

    def __exit__(self, *_):
        for one, handler in self._before:
            signal.signal(one, handler)


def _arguments(words):
    parser = argparse.ArgumentParser(prog="scripts/demo")
    parser.add_argument("--orders", type=place.positive, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--build-dir", type=Path, required=True)
    return parser.parse_args(words)


def _interrupt(*_):
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
