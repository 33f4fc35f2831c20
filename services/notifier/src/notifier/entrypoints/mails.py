"""`python -m notifier mails ONBOARDING`: what became of its mails, as far as anybody knows."""

import argparse
import sys
from collections.abc import Callable, Sequence
from uuid import UUID

from notifier.app.ports import Correspondences
from notifier.domain.correspondence import Correspondence, Letter


def show(correspondences: Callable[[], Correspondences], arguments: Sequence[str]) -> int:
    """One line per mail; 1 where the onboarding is unknown."""
    parser = argparse.ArgumentParser(
        prog="python -m notifier mails",
        description="What became of an onboarding's mails. 'accepted' is a mail server's word: "
        "nobody knows whether a mail was delivered or read.",
    )
    parser.add_argument("onboarding", type=UUID, help="the onboarding's id")
    asked = parser.parse_args(arguments)
    known = correspondences().find(asked.onboarding)
    if known is None:
        sys.stderr.write("Nothing is known about this onboarding.\n")
        return 1
    for letter in known.letters:
        sys.stdout.write(f"{_line(known, letter)}\n")
    return 0


def _line(known: Correspondence, letter: Letter) -> str:
    kind = f"invitation ({letter.kind}), round {letter.round}" if letter.round else letter.kind
    words = f": {letter.words}" if letter.words else ""
    later = f"; next try {letter.next_try:%Y-%m-%d %H:%M:%S %Z}" if letter.next_try else ""
    fate = known.truth(letter)
    return f"{letter.at:%Y-%m-%d %H:%M:%S %Z}  {letter.id}  {kind}  {fate}{words}{later}"
