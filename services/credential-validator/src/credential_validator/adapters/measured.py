"""Counts proofs by their outcome, and secrets by the days until they end."""

from datetime import datetime

import sqlalchemy as sa

from credential_validator.adapters import metrics
from credential_validator.adapters.tables import credentials
from credential_validator.app.ports import Proving, Refused, Registration
from credential_validator.domain.checks import Checks
from tenantlink_contracts.values import Verdict

_DAYS = (0, 1, 7, 14, 30, 60)
_NAMES = ("ended", "1d", "7d", "14d", "30d", "60d", "later")


class MeasuredProver:
    """A `Proving` that counts."""

    def __init__(self, prover: Proving) -> None:
        self._prover = prover

    def prove(self, registration: Registration, now: datetime, checks: Checks) -> Verdict | Refused:
        """What the prover says."""
        answer = self._prover.prove(registration, now, checks)
        outcome = "accepted" if isinstance(answer, Verdict) else answer.problem.code
        metrics.VALIDATIONS.labels(outcome).inc()
        return answer


def count_secrets(engine: sa.Engine) -> None:
    """Set the gauges of the secrets that services use."""
    with engine.connect() as connection:
        counted = {row.bucket: row.number for row in connection.execute(_COUNT)}
        first = connection.execute(_FIRST).scalar()
    for bucket, name in enumerate(_NAMES):
        metrics.SECRETS.labels(name).set(counted.get(bucket, 0))
    metrics.SECRETS.labels("unknown").set(counted.get(None, 0))
    metrics.FIRST_END.set(first.timestamp() if first else 0)


_LEFT = sa.func.extract("epoch", credentials.c.expires_at - sa.func.now()) / 86400
_BUCKET = sa.func.width_bucket(
    sa.cast(_LEFT, sa.Float), sa.cast(list(_DAYS), sa.ARRAY(sa.Float))
).label("bucket")
_COUNT = (
    sa.select(_BUCKET, sa.func.count().label("number"))
    .where(credentials.c.in_use)
    .group_by(_BUCKET)
)
_FIRST = sa.select(sa.func.min(credentials.c.expires_at)).where(
    credentials.c.in_use, credentials.c.expires_at > sa.func.now()
)
