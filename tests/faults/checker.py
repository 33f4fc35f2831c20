"""Judges whether anything was lost, doubled or left, by what the system shows to the outside.

*Lost*: an order that got an answer, without one of its effects; or a message that nobody handled.
*Doubled*: an effect that is there twice. The same mail twice, with one Message-ID, is no second
effect: that is what is promised of e-mail. *Unsettled*: an order that is not where its people have
brought it, or work that still waits, when the time is up.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

POLL_SECONDS = 1.0
CLEAN_LOOKS = 2


class Goal(StrEnum):
    """Where the people of an order bring it: the state in which it is settled."""

    INVITED = "invited"
    ACTIVE = "active"


class Subject(StrEnum):
    """Words by which the mails are told apart."""

    INVITATION = "Activate"
    CREATED = "has been created"


@dataclass(frozen=True)
class Accepted:
    """An order that the system has said yes to."""

    short_name: str
    email: str
    goal: Goal = Goal.ACTIVE


@dataclass(frozen=True)
class Order:
    """A row of onboarding's `audit_orders`."""

    id: UUID
    short_name: str
    status: str
    rounds: int = 1


@dataclass(frozen=True)
class Letter:
    """A mail in the mailbox."""

    to: str
    subject: str
    message_id: str


@dataclass(frozen=True)
class Seen:
    """What all public faces tell at one moment; what is about one order is keyed by its id."""

    orders: Sequence[Order] = ()
    live_links: Mapping[UUID, int] = field(default_factory=dict)
    kept_credentials: Mapping[UUID, int] = field(default_factory=dict)
    mail_fates: Mapping[UUID, str] = field(default_factory=dict)
    letters: Sequence[Letter] = ()
    waiting: Mapping[str, int] = field(default_factory=dict)
    set_aside: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """What was found, each in words."""

    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return not (self.lost or self.doubled or self.unsettled)

    def __str__(self) -> str:
        kinds = (("lost", self.lost), ("doubled", self.doubled), ("unsettled", self.unsettled))
        counts = " ".join(f"{name}={len(found)}" for name, found in kinds)
        details = [f"  {name}: {each}" for name, found in kinds for each in found]
        return "\n".join([counts, *details])


def judge(accepted: Sequence[Accepted], seen: Seen) -> Verdict:
    """Every accepted order, and what is left over."""
    lost: list[str] = []
    doubled: list[str] = []
    unsettled: list[str] = []
    for each in accepted:
        orders = [order for order in seen.orders if order.short_name == each.short_name]
        if not orders:
            lost.append(f"{each.short_name}: there is no such order")
        elif len(orders) > 1:
            doubled.append(f"{each.short_name}: {len(orders)} orders")
        else:
            lost += _lost(each, orders[0], seen)
            doubled += _doubled(each, orders[0], seen)
            unsettled += _unsettled(each, orders[0], seen)
    lost += [f"{count} set aside in {place}" for place, count in seen.set_aside.items() if count]
    unsettled += [f"{count} waiting in {place}" for place, count in seen.waiting.items() if count]
    return Verdict(tuple(lost), tuple(doubled), tuple(unsettled))


def settled(
    accepted: Sequence[Accepted],
    look: Callable[[], Seen],
    seconds: float,
    pause: float = POLL_SECONDS,
) -> Verdict:
    """The verdict once it is clean, twice in a row; else the one when the time is up.

    Twice, since an effect that is there again would come after the first.
    """
    deadline = time.monotonic() + seconds
    clean = 0
    while True:
        verdict = judge(accepted, look())
        clean = clean + 1 if verdict.is_clean else 0
        if clean == CLEAN_LOOKS or time.monotonic() > deadline:
            return verdict
        time.sleep(pause)


def _unsettled(accepted: Accepted, order: Order, seen: Seen) -> Iterator[str]:
    if order.status != accepted.goal:
        yield f"{order.short_name}: {order.status}, not {accepted.goal}"
    elif seen.mail_fates.get(order.id) != "accepted":
        fate = seen.mail_fates.get(order.id)
        yield f"{order.short_name}: the invitation's fate is {fate}, not accepted"


def _lost(accepted: Accepted, order: Order, seen: Seen) -> Iterator[str]:
    """Effects that the order's own state says are there."""
    if order.status != accepted.goal:
        return
    if not _message_ids(seen, accepted.email, Subject.INVITATION):
        yield f"{order.short_name}: no invitation in the mailbox"
    live = seen.live_links.get(order.id, 0)
    if accepted.goal is Goal.INVITED:
        if not live:
            yield f"{order.short_name}: no link that lives"
        return
    if live:
        yield f"{order.short_name}: its links have not died"
    if not seen.kept_credentials.get(order.id):
        yield f"{order.short_name}: its credentials are gone"
    if not _message_ids(seen, accepted.email, Subject.CREATED):
        yield f"{order.short_name}: nobody was told that it has been created"


def _doubled(accepted: Accepted, order: Order, seen: Seen) -> Iterator[str]:
    counts = {
        "invitations": (_message_ids(seen, accepted.email, Subject.INVITATION), order.rounds),
        "mails that it has been created": (_message_ids(seen, accepted.email, Subject.CREATED), 1),
        "links that live": (seen.live_links.get(order.id, 0), 1),
        "credentials kept": (seen.kept_credentials.get(order.id, 0), 1),
    }
    for what, (count, most) in counts.items():
        if count > most:
            yield f"{order.short_name}: {count} {what} instead of {most}"


def _message_ids(seen: Seen, to: str, subject: Subject) -> int:
    """How many different mails there are; the same Message-ID again is the same mail."""
    return len({e.message_id for e in seen.letters if e.to == to and subject in e.subject})
