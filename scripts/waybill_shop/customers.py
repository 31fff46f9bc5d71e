"""Customers who place orders at the same time, and change their minds."""

import threading
import time
from typing import Iterable

from .mix import Wish
from .shop import Shop

THREADS = 8
ACCEPTED, TOO_LATE = 202, 409


class Customers:
    """Places each wish once, however often it has to be asked for, and cancels what is to be cancelled.

    `run` has to be new each time: the requests' keys are made of it. `per_second` holds them back.
    `ids` grows while they are at it, and may be read by any thread."""

    def __init__(self, shop: Shop, wishes: Iterable[Wish], run: str, per_second: float | None = None,
                 threads: int = THREADS):
        self.ids: dict[str, Wish] = {}
        self._shop = shop
        self._run = run
        self._pause = 0.0 if per_second is None else 1.0 / per_second
        self._wishes = iter(tuple(wishes))
        self._next = threading.Lock()
        self._due = time.monotonic()
        self._stopped = threading.Event()
        self._failure: BaseException | None = None
        # Threads that wait for an answer do not keep an interrupted program from ending.
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]

    def begin(self) -> None:
        for thread in self._threads:
            thread.start()

    @property
    def are_done(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)

    def wait(self) -> dict[str, Wish]:
        """The wishes by the ids of the orders that they became. Raises what went wrong first."""
        for thread in self._threads:
            thread.join()
        if self._failure is not None:
            raise self._failure
        return self.ids

    def _work(self) -> None:
        while (wish := self._take()) is not None:
            try:
                self._place(wish)
            except BaseException as error:
                self._failure = self._failure or error  # raised again by wait()
                self._stopped.set()

    def _take(self) -> Wish | None:
        with self._next:
            wish = next(self._wishes, None)
            due, self._due = self._due, max(self._due, time.monotonic()) + self._pause
        if wish is None or self._stopped.wait(max(0.0, due - time.monotonic())):
            return None
        return wish

    def _place(self, wish: Wish) -> None:
        key = f"{self._run}-order-{wish.number}"
        answer = self._shop.order.post("/api/v1/orders", wish.as_json(), key=key)
        id = self._shop.order.require(answer, "POST /api/v1/orders", ACCEPTED).json["id"]
        self.ids[id] = wish
        if wish.cancelled_after is not None and not self._stopped.wait(wish.cancelled_after):
            path = f"/api/v1/orders/{id}/cancel"
            self._shop.order.require(self._shop.order.post(path, key=f"{key}-cancel"), f"POST {path}",
                                     ACCEPTED, TOO_LATE)
