"""Facts that upstream systems publish; orders (`ServiceRequested`) are with onboarding's facts."""

from typing import ClassVar
from uuid import UUID

from tenantlink_contracts.fact import Fact
from tenantlink_contracts.names import ONBOARDING, UPSTREAM


class ServiceProvisioned(Fact):
    """The provisioning system has created the service that onboarding asked for."""

    publishers: ClassVar = (UPSTREAM,)
    readers: ClassVar = (ONBOARDING,)

    onboarding_id: UUID
    notes: str | None = None


class ServiceProvisioningFailed(Fact):
    """The provisioning system could not create the service; `reason` is for the operator."""

    publishers: ClassVar = (UPSTREAM,)
    readers: ClassVar = (ONBOARDING,)

    onboarding_id: UUID
    reason: str
