"""Whom to tell of what: a function of how an onboarding was, and how it is now.

Onboarding knows whom and what, notifier knows how. Every notice is told once, because it belongs to
a change and not to a state. Operators are written to in English, administrators in the language of
the order.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from onboarding.domain.attention import attention_of
from onboarding.domain.deadlines import Deadlines, TimerKind, awaited, timers
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.registers import MailFate, NoticeSettings, Ordered
from onboarding.domain.states import WORDS, State
from tenantlink_contracts.onboarding import Notice, NoticeKind
from tenantlink_contracts.values import ExpirySource

OPERATOR_LANGUAGE = "en"
Data = dict[str, str]
_TAKEN_BACK = {
    "problem_title": "The administrator has taken the registration back",
    "problem_remedy": "They say that it is of the wrong organisation. Their link works again, and "
    "you are told when they have entered another one; until then there is nothing to do.",
}
_EXPIRY = {ExpirySource.DECLARED: "declared", ExpirySource.GRAPH_AMBIGUOUS: "earliest"}
Told = tuple[NoticeKind, Data]


@dataclass(frozen=True, slots=True)
class Telling:
    """What the mails need to know of the installation. `operators` are told of orders that name
    nobody; `console_url` is the console's public URL, or empty; `systems` holds the settings of
    upstream systems."""

    deadlines: Deadlines = field(default_factory=Deadlines)
    operators: tuple[str, ...] = ()
    console_url: str = ""
    systems: Mapping[str, NoticeSettings] = field(default_factory=dict)

    def settings(self, order: Ordered) -> NoticeSettings:
        """Those of customer and ordering system together; what one of them mutes is muted."""
        own, system = order.notices, self.systems.get(order.system or "")
        if system is None:
            return own
        return NoticeSettings(
            own.operators + system.operators,
            own.administrators + system.administrators,
            own.orderer and system.orderer,
            own.muted + system.muted,
        )


def notices(before: Onboarding, after: Onboarding, telling: Telling) -> tuple[Notice, ...]:
    """All notices of this moment, without those that customer or system have muted."""
    order = after.order
    if order is None:
        return ()
    told = [
        *((kind, _to_operators, data) for kind, data in _for_operators(before, after, telling)),
        *((kind, _to_administrators, data) for kind, data in _for_administrators(before, after)),
    ]
    found = []
    for kind, recipients, data in told:
        if kind in telling.settings(order).muted:
            continue
        language = order.language if recipients is _to_administrators else OPERATOR_LANGUAGE
        whom = recipients(after, order, telling)
        whole = {**_about(after, order, telling, recipients is _to_operators), **data}
        if whom:
            found.append(Notice(kind=kind, recipients=whom, language=language, data=whole))
    return tuple(_together(found))


def handed_over(onboarding: Onboarding, order: Ordered, by: str) -> Notice:
    """The customer always hears of it when somebody has seen their link."""
    about = _about(onboarding, order, Telling(), operators=False)
    return Notice(
        kind=NoticeKind.HANDED_OVER,
        recipients=(onboarding.address,),
        language=order.language,
        data={**about, "by": by},
    )


def _together(found: list[Notice]) -> Iterator[Notice]:
    """One notice where operators and administrators are told the same in the same language."""
    created = [each for each in found if each.kind is NoticeKind.SERVICE_CREATED]
    if len(created) != 2 or len({each.language for each in created}) != 1:
        yield from found
        return
    operators, administrators = created
    recipients = dict.fromkeys((*administrators.recipients, *operators.recipients))
    yield from (each for each in found if each not in created)
    yield administrators.model_copy(update={"recipients": tuple(recipients)})


def _to_operators(_: Onboarding, order: Ordered, telling: Telling) -> tuple[str, ...]:
    settings = telling.settings(order)
    orderer = (order.operator_email,) if settings.orderer else ()
    named = dict.fromkeys(filter(None, (*orderer, *settings.operators)))
    return tuple(named) or telling.operators


def _to_administrators(onboarding: Onboarding, order: Ordered, telling: Telling) -> tuple[str, ...]:
    others = telling.settings(order).administrators
    return tuple(dict.fromkeys(filter(None, (onboarding.address, *others))))


def _about(onboarding: Onboarding, order: Ordered, telling: Telling, operators: bool) -> Data:
    about = {
        "customer_name": order.customer_name,
        "full_name": order.full_name,
        "short_name": order.short_name,
    }
    if operators:
        base = telling.console_url.rstrip("/")
        path = "services" if onboarding.state is State.ACTIVE else "onboardings"
        about["console_url"] = f"{base}/{path}/{onboarding.id}" if base else ""
    return about


def _for_operators(before: Onboarding, after: Onboarding, telling: Telling) -> Iterator[Told]:
    state = after.state
    entered = before.order is not None and before.state is not state
    if _newly_proven(before, after) and state is not State.ACTIVE and not _automatic(after):
        yield NoticeKind.AUTHENTICATED, _authenticated(after)
    mail = after.current_mail
    waits_for_link = state is State.UNDELIVERABLE or after.is_renewing
    if mail and mail.fate is MailFate.UNDELIVERABLE and mail != before.mail and waits_for_link:
        yield NoticeKind.UNDELIVERABLE, {"email": after.address, "server_words": mail.words}
    if after.stuck is not None and after.stuck != before.stuck:
        yield NoticeKind.STUCK, _stuck(before, telling)
    if (entered and state is State.EXPIRED) or (before.is_renewing and _has_expired(before, after)):
        ended = after.expired_at.isoformat() if after.expired_at else ""
        yield NoticeKind.EXPIRED, {"email": after.address, "expired_at": ended}
    if after.reminded is not None and after.reminded != before.reminded:
        yield NoticeKind.WAITING, _waiting(after, telling)
    wish = after.wanted_forwarding
    if wish is not None and wish != before.forwarding:
        yield NoticeKind.FORWARDING, {"why": wish.why, "email": wish.email}
    if entered and state is State.CREATION_FAILED and after.creation_failure:
        yield NoticeKind.CREATION_FAILED, {"reason": after.creation_failure.reason}
    yield from _attention(before, after, entered)
    if entered and state is State.ACTIVE:
        yield NoticeKind.SERVICE_CREATED, {}


def _attention(before: Onboarding, after: Onboarding, entered: bool) -> Iterator[Told]:
    """A service that exists has a trouble, or an order that nobody watches has failed."""
    now, earlier = attention_of(after), attention_of(before)
    if now is not None and (earlier is None or earlier.key != now.key):
        data = {"problem_title": now.title, "problem_remedy": now.remedy}
        days = {} if now.days_left is None else {"days_left": str(now.days_left)}
        yield NoticeKind.ATTENTION, data | days
    failed = after.validation.problem if after.validation else None
    if entered and after.state is State.VALIDATION_FAILED and _automatic(after) and failed:
        data = {"problem_title": failed.title, "problem_remedy": failed.remedy}
        yield NoticeKind.ATTENTION, data
    if before.proven is not None and after.proven is None and after.is_pending:
        yield NoticeKind.ATTENTION, _TAKEN_BACK


def _for_administrators(before: Onboarding, after: Onboarding) -> Iterator[Told]:
    if after.state in (State.CANCELLED, State.CLOSED):
        return
    if _newly_proven(before, after):
        yield NoticeKind.RECEIPT, _receipt(after)
    answer, progress = after.auth, after.progress
    waited = progress is not None and progress.waiting_for is not None
    told = answer is not None and answer != before.auth and answer.problem and answer.round > 0
    if told and waited and progress and answer and progress.revision == answer.revision:
        yield NoticeKind.PROBLEM, _problem(after)
    if before.order is not None and before.state is not after.state is State.ACTIVE:
        yield NoticeKind.SERVICE_CREATED, {}


def _newly_proven(before: Onboarding, after: Onboarding) -> bool:
    revision = before.proven.revision if before.proven else 0
    over = after.state in (State.CANCELLED, State.CLOSED)
    return after.proven is not None and after.proven.revision > revision and not over


def _automatic(onboarding: Onboarding) -> bool:
    return onboarding.order is not None and onboarding.order.is_automatic


def _has_expired(before: Onboarding, after: Onboarding) -> bool:
    return before.expired_round < after.expired_round == after.asked_round


def _authenticated(onboarding: Onboarding) -> Data:
    proven = onboarding.proven
    data = {"tenant_name": proven.verdict.tenant.name if proven and proven.verdict else ""}
    return data | ({"claimed_by": onboarding.claim.name} if onboarding.claim else {})


def _stuck(before: Onboarding, telling: Telling) -> Data:
    """Told of the wait that has lasted too long: afterwards it is the operator's turn."""
    waited = awaited(before, telling.deadlines)
    return {
        "state_words": waited.words,
        "waiting_since": _iso(waited.since),
        "waiting_for": waited.actor.value,
    }


def _waiting(onboarding: Onboarding, telling: Telling) -> Data:
    due = timers(onboarding, telling.deadlines)
    end = next((each.due for each in due if each.kind is TimerKind.CANCEL), None)
    return {
        "state_words": WORDS[onboarding.state],
        "waiting_since": _iso(onboarding.since),
        "cancelled_on": _iso(end),
    }


def _receipt(onboarding: Onboarding) -> Data:
    order, proven = onboarding.order, onboarding.proven
    verdict = proven.verdict if proven else None
    if order is None or verdict is None:
        return {}
    return {
        "tenant_name": verdict.tenant.name,
        "tenant_id": str(verdict.tenant.id),
        "client_id": str(verdict.application.client_id),
        "application_name": verdict.application.name,
        "secret_hint": verdict.secret.hint,
        "secret_expires_at": _iso(verdict.secret.expires_at),
        "contact": order.requested_by,
        "expiry": _EXPIRY.get(verdict.secret.expiry_source, ""),
        "renewal": "yes" if onboarding.state is State.ACTIVE else "",
    }


def _problem(onboarding: Onboarding) -> Data:
    problem = onboarding.auth.problem if onboarding.auth else None
    if problem is None:
        return {}
    return {
        "problem_code": problem.code,
        "problem_title": problem.title,
        "problem_cause": problem.cause,
        "problem_remedy": problem.remedy,
    }


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
