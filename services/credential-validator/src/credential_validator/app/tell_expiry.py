"""Tells onboarding in time that the secret of a created service ends: 60, 30, 14, 7, 1, 0 days."""

from datetime import datetime

from credential_validator.domain.credentials import Credential, Credentials, Warned
from credential_validator.domain.expiry import next_threshold_at, passed_threshold
from tenantlink_contracts.credential_validator import ClientSecretExpiring
from tenantlink_runtime.decision import Decision, NewJob
from tenantlink_runtime.job import Job, Settlement

EXPIRING = "expiring"


def jobs_for_expiry(before: Credentials, after: Credentials, now: datetime) -> tuple[NewJob, ...]:
    """Where the credential in use, or its end, is another: when to tell of it next.

    The number is the revision's, so a renewal moves the job. One that nobody needs any more is
    made due, and finds nothing to tell.
    """
    old, new = before.in_use, after.in_use
    if _end_of(old) == _end_of(new):
        return ()
    if new is not None and new.expires_at is not None:
        return _next_job(after, new, now)
    leftover = old is not None and old.expires_at is not None
    return (NewJob(EXPIRING, due_at=now, number=old.revision),) if leftover and old else ()


def run(_job: Job) -> Settlement[Credentials]:
    """Tell what is due about the credential that is in use then, and plan the next time."""
    return Settlement(_told)


def _told(credentials: Credentials, now: datetime) -> Decision[Credentials]:
    credential = credentials.in_use
    if credential is None or credential.expires_at is None:
        return Decision(credentials)
    threshold = _untold_threshold(credentials, credential, now)
    if threshold is None:
        return Decision(credentials, jobs=_next_job(credentials, credential, now))
    fact = ClientSecretExpiring.model_validate(
        {
            "revision": credential.revision,
            "expires_at": credential.expires_at,
            "threshold": threshold,
        }
    )
    warned = credentials.warn(Warned(credential.revision, credential.expires_at, threshold))
    return Decision(warned, (fact,), _next_job(warned, credential, now))


def _next_job(
    credentials: Credentials, credential: Credential, now: datetime
) -> tuple[NewJob, ...]:
    if credential.expires_at is None:
        return ()
    is_due = _untold_threshold(credentials, credential, now) is not None
    due_at = now if is_due else next_threshold_at(credential.expires_at, now)
    return (NewJob(EXPIRING, due_at=due_at, number=credential.revision),) if due_at else ()


def _untold_threshold(
    credentials: Credentials, credential: Credential, now: datetime
) -> int | None:
    """Of those that were passed only the smallest is told, and each once."""
    if credential.expires_at is None:
        return None
    threshold = passed_threshold(credential.expires_at, now)
    warned = credentials.warned
    is_same = warned is not None and (warned.revision, warned.expires_at) == _end_of(credential)
    if threshold is None or (is_same and warned is not None and warned.threshold <= threshold):
        return None
    return threshold


def _end_of(credential: Credential | None) -> tuple[int, datetime | None] | None:
    return None if credential is None else (credential.revision, credential.expires_at)
