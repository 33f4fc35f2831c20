"""Proving: what is asked of whom, and what is seen before anybody is asked."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import eventlet
import pytest

from credential_validator.app.ports import Accepted, Reading, Refused, Registration
from credential_validator.app.prove import Prover, next_try
from credential_validator.domain import problems
from credential_validator.domain.permissions import Permission
from credential_validator.entrypoints.jobs import TOTAL_SECONDS, ProverInTime
from tenantlink_contracts.values import Tenant, Verdict
from tenantlink_runtime.jobs import LEASE
from tests.support.credential_validator_builders import (
    BUSY,
    GOOD_VERDICT,
    WRONG,
    FakeEntra,
    FakeGraph,
    ScriptedProver,
    a_registration,
)
from tests.support.events import NOW

WANTED = (Permission("Organization.Read.All", "id", True, "names the tenant"),)
SECRET_ID = "5F2C1A10-0000-4000-8000-0000000000aa"
OTHER_TENANT = Tenant(id=UUID(int=7), name="Another")


def proved(
    registration: Registration | None = None,
    entra: FakeEntra | None = None,
    graph: FakeGraph | None = None,
) -> Verdict | Refused:
    prover = Prover(entra or FakeEntra(), graph or FakeGraph(), WANTED)
    return prover.prove(registration or a_registration(), NOW)


def a_reading() -> Reading:
    answer = FakeGraph().answer
    assert isinstance(answer, Reading)
    return answer


def problem_code(answer: Verdict | Refused) -> str:
    assert isinstance(answer, Refused)
    return answer.problem.code


def test_a_verdict_names_tenant_application_end_and_permissions() -> None:
    verdict = proved(entra=FakeEntra(Accepted("token", ("Organization.Read.All",))))
    assert isinstance(verdict, Verdict)
    assert (verdict.tenant.name, verdict.application.name) == ("Contoso", "Tenantlink access")
    assert verdict.secret.hint == "abc"
    assert verdict.secret.expires_at == NOW + timedelta(days=90)


def test_graphs_word_on_permissions_counts_more_than_the_tokens() -> None:
    verdict = proved(entra=FakeEntra(Accepted("token", ("Organization.Read.All",))))
    assert isinstance(verdict, Verdict)
    assert verdict.permissions.missing == ("Organization.Read.All",)


def test_where_graph_may_not_be_asked_for_permissions_the_tokens_count() -> None:
    graph = FakeGraph(replace(a_reading(), roles=None, credentials=None))
    verdict = proved(entra=FakeEntra(Accepted("token", ("Organization.Read.All",))), graph=graph)
    assert isinstance(verdict, Verdict)
    assert verdict.permissions.granted == ("Organization.Read.All",)
    assert verdict.secret.needs_permission == "Application.Read.All"


@pytest.mark.parametrize("secret", [SECRET_ID, SECRET_ID.lower()])
def test_a_guid_as_secret_is_named_as_the_secret_id_before_microsoft_is_asked(secret: str) -> None:
    entra = FakeEntra()
    assert problem_code(proved(a_registration(secret=secret), entra)) == "secret_id_pasted"
    assert entra.calls == 0


@pytest.mark.parametrize(
    "tenant",
    ["", "nonsense", "common", "a/b.example", "contoso.example/..", "a.b\n", "Conto\u017fo.example",
     "contoso..example", "-a.example", "https://contoso.example", "a" * 64 + ".example"],
)  # fmt: skip
def test_what_is_neither_an_id_nor_a_domain_never_gets_into_a_url(tenant: str) -> None:
    entra = FakeEntra()
    assert problem_code(proved(a_registration(tenant=tenant), entra)) == "tenant_malformed"
    assert entra.calls == 0


@pytest.mark.parametrize("tenant", ["contoso.example", "sub.Contoso.onmicrosoft.com", "a.xn--p1ai"])
def test_a_domain_is_as_good_as_an_id(tenant: str) -> None:
    assert isinstance(proved(a_registration(tenant=tenant)), Verdict)


def test_an_empty_secret_is_seen_before_microsoft_is_asked() -> None:
    entra = FakeEntra()
    assert problem_code(proved(a_registration(secret=""), entra)) == "secret_missing"
    assert entra.calls == 0


def test_what_entra_refuses_is_told_and_graph_is_not_asked() -> None:
    assert proved(entra=FakeEntra(WRONG), graph=FakeGraph(BUSY)) is WRONG


def test_what_graph_refuses_is_told() -> None:
    assert proved(graph=FakeGraph(BUSY)) is BUSY


def test_another_tenant_than_the_one_whose_id_was_entered_is_refused() -> None:
    another = FakeGraph(replace(a_reading(), tenant=OTHER_TENANT))
    assert problem_code(proved(graph=another)) == "tenant_differs"
    by_domain = proved(a_registration(tenant="contoso.example"), graph=another)
    assert isinstance(by_domain, Verdict)


def test_the_case_of_an_entered_id_does_not_matter() -> None:
    assert isinstance(proved(a_registration(tenant=str(a_reading().tenant.id).upper())), Verdict)


def test_microsofts_word_on_when_to_try_again_counts() -> None:
    assert next_try(replace(BUSY, retry_after=90.0), 0, NOW) == NOW + timedelta(seconds=90)


@pytest.mark.parametrize("seconds", [86_400.0, 1e15])
def test_but_no_wait_is_longer_than_an_hour(seconds: float) -> None:
    assert next_try(replace(BUSY, retry_after=seconds), 0, NOW) == NOW + timedelta(hours=1)


@pytest.mark.parametrize("seconds", [None, 0.0])
def test_without_such_a_word_tries_become_rarer(seconds: float | None) -> None:
    answer = replace(BUSY, retry_after=seconds)
    first, fifth = (next_try(answer, attempts, NOW) - NOW for attempts in (0, 4))
    assert timedelta(seconds=1.5) < first < timedelta(seconds=2.5)
    assert timedelta(seconds=25) < fifth < timedelta(seconds=40)


def test_an_attempt_that_takes_too_long_ends_as_a_problem_that_passes() -> None:
    class Endless:
        def prove(self, registration: Registration, now: object) -> Verdict | Refused:
            eventlet.sleep(30)
            return GOOD_VERDICT

    answer = ProverInTime(Endless(), seconds=0.01).prove(a_registration(), NOW)
    assert isinstance(answer, Refused)
    assert answer.problem == problems.MICROSOFT_UNREACHABLE.problem()


def test_an_attempt_in_time_is_answered_as_it_is() -> None:
    assert ProverInTime(ScriptedProver([GOOD_VERDICT])).prove(a_registration(), NOW) is GOOD_VERDICT


def test_an_attempt_may_take_less_than_half_of_its_lease() -> None:
    assert timedelta(seconds=TOTAL_SECONDS) < LEASE / 2


def test_no_secret_and_no_token_stands_in_what_is_printed() -> None:
    assert "abc~" not in repr(a_registration())
    assert "the-token" not in repr(Accepted("the-token", ()))
