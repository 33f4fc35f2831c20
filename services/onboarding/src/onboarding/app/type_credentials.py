"""Start authentication from the console: an operator types the registration.

For an order without a link, in place of a link, or to renew the secret of a service. The secret is
sealed in the request that received it; only credential-validator can open it.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from uuid import UUID

from onboarding.app.ports import SecretSealer
from onboarding.app.possible import require
from onboarding.app.renew_invitation import expected
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.registers import Typed
from onboarding.domain.registration import Registration
from onboarding.domain.verbs import Verb
from tenantlink_contracts.invitation import CredentialsSubmitted
from tenantlink_contracts.values import SecretCredential
from tenantlink_runtime.decision import Decision

ROUND = 0


@dataclass(frozen=True)
class TypeCredentials:
    """The verb with its collaborator, for one form. `submission_id` comes with the form, so that
    a form that is sent twice is one submission."""

    sealer: SecretSealer
    registration: Registration
    submission_id: UUID

    def __call__(self, onboarding: Onboarding, now: datetime) -> Decision[Onboarding]:
        """Handed on to be checked."""
        known = onboarding.typed
        if known is not None and known.submission_id == self.submission_id:
            return Decision(onboarding)
        order = require(onboarding, Verb.TYPE_CREDENTIALS)
        fact = CredentialsSubmitted(
            round=ROUND,
            submission_id=self.submission_id,
            tenant=self.registration.tenant,
            client_id=self.registration.client_id,
            credential=self._credential(onboarding.id),
            expected=expected(onboarding, order),
        )
        typed = Typed(self.submission_id, onboarding.asked_round, now)
        return Decision(replace(onboarding, typed=typed), events=(fact,))

    def _credential(self, subject: UUID) -> SecretCredential:
        sealed = self.sealer.seal_secret(self.registration.secret, subject, ROUND)
        day = self.registration.declared_expiry
        ends = datetime.combine(day, time(), UTC) if day else None
        return SecretCredential(sealed=sealed, declared_expiry=ends)
