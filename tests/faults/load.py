"""Many orders at once, bounded in number and time, each brought to its goal by its people.

An order counts from the moment it was answered; the checker judges those.
"""

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

from tenantlink_local.demo import Procedure
from tests.faults.checker import Accepted, Goal
from tests.faults.mailbox import Mailbox
from tests.faults.people import Administrator, GaveUp, Operator, Order, Silent, WayIn

AT_ONCE = 4
LEFT_OPEN = 5
"""Every fifth order is left with its administrator, so that open invitations are judged, too."""

FROM_UPSTREAM = 3
"""Every third order comes by an event; the others are typed into the console."""


@dataclass
class Load:
    """People in threads; `seconds` is what each order may take."""

    urls: dict[str, str]
    ca: str
    mailbox: Mailbox
    seconds: float
    upstream: WayIn
    accepted: list[Accepted] = field(default_factory=list)
    gave_up: list[str] = field(default_factory=list)
    finished: int = 0
    _numbers: "count[int]" = field(default_factory=count)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _enough: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self, orders: int, at_once: int = AT_ONCE) -> Iterator["Load"]:
        """At most so many orders; on leaving no new one is placed and those begun are finished."""
        threads = [
            threading.Thread(target=self._work, args=(orders,), name=f"people {n}", daemon=True)
            for n in range(at_once)
        ]
        for each in threads:
            each.start()
        try:
            yield self
        finally:
            self._enough.set()
            for each in threads:
                each.join(self.seconds + 60)

    @contextmanager
    def all_of(self, orders: int, at_once: int = AT_ONCE) -> Iterator["Load"]:
        """The same, but on leaving all of them are placed and finished."""
        with self.running(orders, at_once):
            yield self
            deadline = time.monotonic() + self.seconds
            while self.ended < orders and time.monotonic() < deadline:
                time.sleep(0.1)

    @property
    def ended(self) -> int:
        """Orders that are at their goal, or were given up."""
        return self.finished + len(self.gave_up)

    def _work(self, orders: int) -> None:
        operator = Operator(self.urls, self.ca)
        with operator.browser:
            while not self._enough.is_set():
                with self._lock:
                    number = next(self._numbers)
                if number >= orders:
                    return
                self._bring_to_its_goal(self._order(number, operator))

    def _order(self, number: int, operator: Operator) -> Order:
        short_name = f"load-{secrets.token_hex(4)}"
        email = f"it-admin.{short_name}@contoso.example"
        goal = Goal.INVITED if number % LEFT_OPEN == LEFT_OPEN - 1 else Goal.ACTIVE
        registration = Procedure(self.urls, self.ca, Silent(), short_name)
        administrator = Administrator(self.mailbox, email, registration)
        from_upstream = number % FROM_UPSTREAM == FROM_UPSTREAM - 1
        way_in = self.upstream if from_upstream else operator
        return Order(short_name, goal, way_in, operator, administrator)

    def _bring_to_its_goal(self, order: Order) -> None:
        until = time.monotonic() + self.seconds
        try:
            order.place(until)
            with self._lock:
                self.accepted.append(Accepted(order.short_name, order.email, order.goal))
            order.follow(until)
        except GaveUp as error:
            with self._lock:
                self.gave_up.append(str(error))
        else:
            with self._lock:
                self.finished += 1
