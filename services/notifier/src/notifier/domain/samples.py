"""One example of every mail, invented, for whoever wants to see what people get."""

from datetime import UTC, datetime
from typing import TypedDict

from notifier.domain.mails import (
    AttentionMail,
    AuthenticatedMail,
    CreationFailedMail,
    ExpiredMail,
    ForwardingMail,
    HandedOverMail,
    InvitationAgainMail,
    InvitationMail,
    InvitationReminderMail,
    InvitationRenewalMail,
    Mail,
    ProblemMail,
    ReceiptMail,
    ServiceCreatedMail,
    StuckMail,
    UndeliverableMail,
    WaitingMail,
)

TO_ADMINISTRATOR = "admin@contoso.example"
TO_OPERATOR = "operator@fabrikam.example"
_WIZARD = "https://connect.fabrikam.example"
_CONSOLE = "https://console.fabrikam.example/onboardings/01957a00-0000-7000-8000-000000000001"


class _About(TypedDict):
    customer_name: str
    full_name: str


class _Notice(_About):
    short_name: str


class _ToOperator(_Notice):
    console_url: str


class _Invites(_About):
    requested_by: str
    expires_at: datetime
    link: str


_ABOUT = _About(customer_name="Contoso Ltd.", full_name="Contoso Direct Routing")
_NOTICE = _Notice(**_ABOUT, short_name="contoso")
_OPERATOR = _ToOperator(**_NOTICE, console_url=_CONSOLE)
_INVITES = _Invites(
    **_ABOUT,
    requested_by="Anna Operator",
    expires_at=datetime(2026, 3, 16, 9, 0, tzinfo=UTC),
    link=f"{_WIZARD}/invitation/an-example-of-a-link-which-opens-nothing",
)
_SECRET_ENDS = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
_SINCE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

SAMPLES: dict[str, Mail] = {
    "invitation": InvitationMail(**_INVITES),
    "invitation_again": InvitationAgainMail(**_INVITES),
    "invitation_reminder": InvitationReminderMail(**_INVITES),
    "invitation_renewal": InvitationRenewalMail(**_INVITES, secret_expires_at=_SECRET_ENDS),
    "invitation_renewal_reminder": InvitationReminderMail(
        **_INVITES, secret_expires_at=_SECRET_ENDS
    ),
    "receipt": ReceiptMail(
        **_NOTICE,
        tenant_name="Contoso",
        tenant_id="11111111-1111-4111-8111-111111111111",
        client_id="22222222-2222-4222-8222-222222222222",
        application_name="Telephony access",
        secret_hint="abc",  # noqa: S106  the three characters that may be shown
        secret_expires_at=_SECRET_ENDS,
        contact="Anna Operator",
        status_link=f"{_WIZARD}/status/an-example-of-a-link-which-opens-nothing",
    ),
    "problem": ProblemMail(
        **_NOTICE,
        problem_code="secret_wrong",
        problem_title="The client secret is wrong",
        problem_cause="Microsoft Entra did not accept it.",
        problem_remedy="Copy the Value of the secret, not its Secret ID.",
    ),
    "service_created": ServiceCreatedMail(**_NOTICE),
    "handed_over": HandedOverMail(**_NOTICE, by="Anna Operator"),
    "authenticated": AuthenticatedMail(**_OPERATOR, tenant_name="Contoso"),
    "undeliverable": UndeliverableMail(
        **_OPERATOR, email=TO_ADMINISTRATOR, server_words="550 5.1.1 no such user here"
    ),
    "stuck": StuckMail(
        **_OPERATOR,
        state_words="Device is being authenticated",
        waiting_since=_SINCE,
        waiting_for="Microsoft",
    ),
    "expired": ExpiredMail(**_OPERATOR, email=TO_ADMINISTRATOR, expired_at=_INVITES["expires_at"]),
    "attention": AttentionMail(
        **_OPERATOR,
        problem_title="The client secret ends soon",
        problem_remedy="Re-initiate the authentication flow, so that a new one is entered.",
        days_left="14",
    ),
    "waiting": WaitingMail(
        **_OPERATOR,
        state_words="Device authenticated",
        waiting_since=_SINCE,
        cancelled_on=datetime(2026, 5, 31, 9, 0, tzinfo=UTC),
    ),
    "forwarding_other_person": ForwardingMail(
        **_OPERATOR, why="other_person", email="identity@contoso.example"
    ),
    "forwarding_new_link": ForwardingMail(**_OPERATOR, why="new_link", email=TO_ADMINISTRATOR),
    "creation_failed": CreationFailedMail(**_OPERATOR, reason="There is no free number range."),
}
