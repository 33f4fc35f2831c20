"""Facts that credential-validator publishes: it alone sees submissions and numbers revisions."""

from typing import ClassVar
from uuid import UUID

from tenantlink_contracts.fact import Fact
from tenantlink_contracts.names import CREDENTIAL_VALIDATOR, INVITATION, ONBOARDING
from tenantlink_contracts.onboarding import ValidationReason
from tenantlink_contracts.values import Positive, Problem, Verdict


class DeviceAuthenticated(Fact):
    """Microsoft Entra accepted the submitted registration."""

    publishers: ClassVar = (CREDENTIAL_VALIDATOR,)
    readers: ClassVar = (INVITATION, ONBOARDING)

    round: Positive
    submission_id: UUID
    revision: Positive
    credential_id: UUID
    verdict: Verdict


class DeviceAuthenticationFailed(Fact):
    """The submitted registration did not work; the link stays good."""

    publishers: ClassVar = (CREDENTIAL_VALIDATOR,)
    readers: ClassVar = (INVITATION, ONBOARDING)

    round: Positive
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
