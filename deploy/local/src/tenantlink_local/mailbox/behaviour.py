"""How the mailbox treats an address: its local part says it, so that anybody can see every fate.

The page `/addresses` lists these, made from this module.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

Clock = Callable[[], float]


@dataclass(frozen=True)
class Pattern:
    """A local part with a meaning."""

    example: str
    meaning: str


PATTERNS = (
    Pattern("refuse-550", "refused for good with this number, from 500 to 599"),
    Pattern("later-450", "put off once with this number, from 400 to 499; then taken"),
    Pattern("busy-451", "put off every time with this number, from 400 to 499"),
    Pattern("greylist-60", "put off until so many seconds after the first try; then taken"),
    Pattern("slow-10", "answered after so many seconds, at most 120"),
    Pattern("bounce-5.1.1", "taken, and reported as failed with this status afterwards"),
)

_WORDS = {
    "550": "5.1.1 no such user here",
    "552": "5.2.2 mailbox full",
    "554": "5.7.1 refused by policy",
    "450": "4.2.0 greylisted, try again later",
    "451": "4.3.0 try again later",
    "452": "4.2.2 mailbox full",
}
_RULE = re.compile(r"(refuse|later|busy|greylist|slow|bounce)-(\d[\d.]*)")
MOST_SECONDS = 120


@dataclass(frozen=True)
class Treatment:
    """What to do with a recipient: an SMTP answer, after so many seconds; `bounces` is the status
    of the report that follows."""

    answer: str = "250 2.1.5 recipient ok"
    seconds: float = 0.0
    bounces: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether the recipient gets the mail."""
        return self.answer.startswith("2")


@dataclass
class Behaviour:
    """Remembers who has tried before, and since when."""

    clock: Clock
    _first_try: dict[str, float] = field(default_factory=dict)

    def treat(self, address: str) -> Treatment:
        """By the address' local part; anybody else gets everything at once."""
        rule = _RULE.fullmatch(address.rpartition("@")[0])
        if rule is None:
            return Treatment()
        known = address in self._first_try
        waited = self.clock() - self._first_try.setdefault(address, self.clock())
        return _treatment(rule[1], rule[2], known, waited)


def _treatment(rule: str, value: str, known: bool, waited: float) -> Treatment:
    if rule == "bounce" and re.fullmatch(r"[45]\.\d{1,3}\.\d{1,3}", value):
        return Treatment(bounces=value)
    if not value.isdigit():
        return Treatment()
    number = int(value)
    if rule == "refuse" and 500 <= number <= 599:
        return Treatment(_answer(value, "5.0.0 refused"))
    if rule in ("later", "busy") and 400 <= number <= 499:
        again = rule == "later" and known
        return Treatment() if again else Treatment(_answer(value, "4.0.0 try again later"))
    if rule == "greylist" and waited < number:
        return Treatment(_answer("450", ""))
    if rule == "slow":
        return Treatment(seconds=min(number, MOST_SECONDS))
    return Treatment()


def _answer(number: str, usual: str) -> str:
    return f"{number} {_WORDS.get(number, usual)}"
