"""Builders of onboardings, with defaults."""

from typing import Any

from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Operator, Role
from onboarding.domain.order import RawOrder
from onboarding.domain.registers import Authentication, Ordered, Run, Validation
from tenantlink_contracts.values import Problem, Verdict
from tenantlink_runtime.clock import new_id
from tests.support.events import NOW, PROBLEM, SUBJECT, VERDICT


def an_order(**changes: Any) -> Ordered:
    """An accepted order."""
    values = {
        "reference": "ORDER-1",
        "customer_id": new_id(),
        "customer_external_id": "contoso",
        "customer_name": "Contoso",
        "service_type": "Direct Routing",
        "short_name": "contoso",
        "full_name": "Contoso Direct Routing",
        "license": "Hosted Essentials+",
        "licensed_users": 50,
        "email": "admin@contoso.example",
        "requested_by": "Operator",
        "operator_email": "operator@provider.example",
        "at": NOW,
    }
    return Ordered(**{**values, **changes})


def an_onboarding(**changes: Any) -> Onboarding:
    """Ordered, and nothing else known; `proven` is a revision that Microsoft accepted."""
    if (proven := changes.pop("proven", None)) is not None:
        changes["accepted"] = (proven,)
    return Onboarding(**{"id": SUBJECT, "order": an_order(), "asked_round": 1, **changes})


def a_verdict(**secret: Any) -> Verdict:
    """What a good check found; `secret` changes what is known of the secret."""
    return Verdict.model_validate({**VERDICT, "secret": {**VERDICT["secret"], **secret}})


def authenticated(revision: int = 1, verdict: Verdict | None = None) -> Authentication:
    """A revision that Microsoft accepted."""
    return Authentication(revision, 1, verdict=verdict or a_verdict())


def refused(revision: int = 1, round_: int = 1) -> Authentication:
    """A revision that Microsoft did not accept."""
    return Authentication(revision, round_, problem=Problem.model_validate(PROBLEM))


def a_validated_onboarding(**changes: Any) -> Onboarding:
    """Authenticated, and validated again at the first run."""
    good = authenticated()
    validation = Validation(1, 1, NOW, verdict=a_verdict())
    return an_onboarding(
        **{"auth": good, "proven": good, "run": Run(1, 1), "validation": validation, **changes}
    )


def an_operator(**changes: Any) -> Operator:
    """Somebody with the role operator."""
    values = {
        "subject": "operator",
        "name": "Operator",
        "email": "operator@provider.example",
        "role": Role.OPERATOR,
    }
    return Operator(**{**values, **changes})


def a_raw_order(**changes: Any) -> RawOrder:
    """An order as typed, that keeps all rules."""
    values = {
        "customer": new_id(),
        "short_name": "contoso",
        "full_name": "Contoso Direct Routing",
        "license": "Hosted Essentials+",
        "licensed_users": "50",
        "send_link": True,
        "email": "admin@contoso.example",
    }
    return RawOrder(**{**values, **changes})


def an_order_document(**changes: Any) -> dict[str, Any]:
    """An order as JSON, that keeps all rules."""
    return {
        "reference": "ORDER-1",
        "customer": {
            "external_id": "contoso",
            "name": "Contoso",
            "domains": ["contoso.example"],
        },
        "service_type": "Direct Routing",
        "short_name": "contoso",
        "full_name": "Contoso Direct Routing",
        "license": "Hosted Pro",
        "licensed_users": 50,
        "invitation": {"email": "admin@contoso.example", "language": "en", "valid_days": 30},
        **changes,
    }
