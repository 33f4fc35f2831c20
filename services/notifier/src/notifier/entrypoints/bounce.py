"""`python -m notifier bounce < report.eml`: the door for mail servers that report a failure.

A mail server bounces what its pipe refuses, so whatever is no report is taken and thrown away; only
a database that is away sends it back, to be tried again.
"""

from collections.abc import Callable
from typing import BinaryIO

import sqlalchemy as sa
import structlog

from notifier.app.take_bounce import TakeBounce
from notifier.domain.bounces import MAX_BYTES, Bounce, NotOurs

_log = structlog.get_logger(__name__)

DONE = 0
TRY_AGAIN = 75  # sysexits.h, EX_TEMPFAIL


def take_report(
    report: BinaryIO,
    read: Callable[[bytes], Bounce | NotOurs],
    verb: Callable[[], TakeBounce],
) -> int:
    """Read it to its end, or to what no report needs; the exit code is for the mail server."""
    found = read(report.read(MAX_BYTES + 1))
    if isinstance(found, NotOurs):
        _log.info("bounce_ignored", reason=found.reason)
        return DONE
    try:
        taken = verb().run(found)
    except sa.exc.DBAPIError as error:
        _log.warning("database_away", part="bounce", error=type(error).__name__)
        return TRY_AGAIN
    _log.info("bounce_taken", mail_id=str(found.mail_id), result=taken.value)
    return DONE
