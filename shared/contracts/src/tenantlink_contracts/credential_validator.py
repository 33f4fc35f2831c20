"""Facts that credential-validator publishes: it alone sees submissions and numbers revisions."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from tenantlink_contracts.fact import Fact
from tenantlink_contracts.names import CREDENTIAL_VALIDATOR, INVITATION, ONBOARDING
from tenantlink_contracts.onboarding import ValidationReason
from tenantlink_contracts.values import Check, Natural, Positive, Problem, Verdict


class AuthenticationProgressed(Fact):
    """A check takes longer than a second: how far it is, why it waits, when it is tried next.

    About a submission, or (`run`) about a validation. `step` counts what was told of it, so that
    the newest counts whatever comes first.
    """

    publishers: ClassVar = (CREDENTIAL_VALIDATOR,)
    readers: ClassVar = (INVITATION, ONBOARDING)

    revision: Positive
    step: Positive
    round: Natural = 0
    submission_id: UUID | None = None
    run: Positive | None = None
    checks: tuple[Check, ...] = ()
    waiting_for: Problem | None = None
    next_try: AwareDatetime | None = None


class DeviceAuthenticated(Fact):
    """Microsoft Entra accepted the submitted registration."""

    publishers: ClassVar = (CREDENTIAL_VALIDATOR,)
    readers: ClassVar = (INVITATION, ONBOARDING)

    round: Natural
    submission_id: UUID
    revision: Positive
    credential_id: UUID
    verdict: Verdict


class DeviceAuthenticationFailed(Fact):
    """The submitted registration did not work; the link stays good."""

    publishers: ClassVar = (CREDENTIAL_VALIDATOR,)
    readers: ClassVar = (INVITATION, ONBOARDING)

    round: Natural
    submission_id: UUID
    revision: Positive
    problem: Problem


class TenantValidated(Fact):
    """The stored credentials work, as of now."""

    publishers: ClassVar = (CREDENTIAL_VALIDATOR,)
    readers: ClassVar = (ONBOARDING,)

    run: Positive
    revision: Positive
    why: ValidationReason
    verdict: Verdict


class TenantValidationFailed(Fact):
    """The stored credentials do not work, as of now."""

    publishers: ClassVar = (CREDENTIAL_VALIDATOR,)
    readers: ClassVar = (ONBOARDING,)

    run: Positive
    revision: Positive
    why: ValidationReason
    problem: Problem


class ClientSecretExpiring(Fact):
    """The secret of the credential that a service uses ends in `threshold` days, or has ended."""

    publishers: ClassVar = (CREDENTIAL_VALIDATOR,)
    readers: ClassVar = (ONBOARDING,)

    revision: Positive
    expires_at: AwareDatetime
    threshold: Literal[60, 30, 14, 7, 1, 0]
