"""Counts what a run has left behind. It looks at rows and messages only, and imports nothing of
what it checks."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

PERSISTENT = 2
ANSWERS = "invitation.inbox"
DEAD_LETTERS = "onboarding.dead-letters"

_EFFECTS = """
    SELECT count(*) FILTER (WHERE (state->>'asked_round')::int > 1),
           coalesce(sum((state->>'asked_round')::int - 1), 0)
    FROM onboardings"""


@dataclass(frozen=True)
class Findings:
    """Of a run with so many `events`.

    `effects` is the number of onboardings that were changed, `doubled` how often one was changed
    again; `answers` counts messages by onboarding; `transient` are messages that a broker's restart
    would lose; `left` is everything that should be gone: outbox rows, parked and unread messages.
    """

    events: int
    effects: int
    doubled: int
    answers: int
    answered: int
    transient: int
    left: dict[str, int]

    def faults(self) -> list[str]:
        """What is not as it has to be of a safe contender."""
        wrong = {
            "effects lost": self.events - self.effects,
            "effects doubled": self.doubled,
            "answers lost": self.events - self.answered,
            "answers that are not persistent": self.transient,
            **self.left,
        }
        return [f"{number} {what}" for what, number in wrong.items() if number]

    @property
    def losses(self) -> int:
        """What even an unsafe contender must not lose while nothing fails."""
        return 2 * self.events - self.effects - self.answered


def check(database_url: str, broker: Any, queue: str, events: int) -> Findings:
    """After the contender has ended. Empties the queues that it looks at."""
    engine = sa.create_engine(database_url)
    with engine.connect() as connection:
        effects, handled = connection.execute(sa.text(_EFFECTS)).one()
        left = {
            "rows in the outbox": _count(connection, "outbox"),
            "messages parked": _count(connection, "parked"),
        }
    engine.dispose()
    left |= {"messages unread": broker.ready(queue), "dead letters": broker.ready(DEAD_LETTERS)}
    subjects: Counter[str] = Counter()
    modes: Counter[bool] = Counter()

    def see(message: Any) -> None:
        subjects[message.headers["ce-subject"]] += 1
        modes[message.properties.get("delivery_mode") == PERSISTENT] += 1

    broker.take_all(ANSWERS, see)
    return Findings(
        events=events,
        effects=effects,
        doubled=int(handled) - effects,
        answers=sum(subjects.values()),
        answered=len(subjects),
        transient=modes[False],
        left=left,
    )


def _count(connection: sa.Connection, table: str) -> int:
    return int(connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608
