"""Proving: what is asked of whom, and what is seen before anybody is asked."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import eventlet
import pytest

from credential_validator.app.ports import Accepted, Reading, Refused, Registration
from credential_validator.app.prove import Prover
from credential_validator.app.wait import next_try
from credential_validator.domain import problems
from credential_validator.domain.checks import Checks
from credential_validator.domain.permissions import Permission
from credential_validator.entrypoints.jobs import TOTAL_SECONDS, ProverInTime
from tenantlink_contracts.values import (
    CheckState,
    Expected,
    ExpirySource,
    Finding,
    Tenant,
    Verdict,
)
from tenantlink_runtime.jobs import LEASE
from tests.support.credential_validator_builders import (
    BUSY,
    GOOD_VERDICT,
    WRONG,
    FakeEntra,
    FakeGraph,
    ScriptedProver,
    a_password,
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
    return prover.prove(registration or a_registration(), NOW, Checks())


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
    ["", "nonsense", "common", "organizations", "consumers", "[::1]", "::1", "127.0.0.1",
     "9188040d-6c67-4c5b-b112-36a304b66dad", "evil.example/..", "evil.example#", "@evil.example",
     "evil.example?x=1", "evil.example:443", "a/b.example", "contoso.example/..",
     "a.b\n", "Conto\u017fo.example",
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
    answer = proved(entra=FakeEntra(WRONG), graph=FakeGraph(BUSY))
    assert problem_code(answer) == "secret_wrong"


def test_what_graph_refuses_is_told() -> None:
    assert proved(graph=FakeGraph(replace(BUSY, retry_after=7.0))) == replace(BUSY, retry_after=7.0)


def test_another_tenant_than_the_one_whose_id_was_entered_is_refused() -> None:
    another = FakeGraph(replace(a_reading(), tenant=OTHER_TENANT))
    assert problem_code(proved(graph=another)) == "tenant_differs"
    by_domain = proved(a_registration(tenant="contoso.example"), graph=another)
    assert isinstance(by_domain, Verdict)


def test_the_case_of_an_entered_id_does_not_matter() -> None:
    assert isinstance(proved(a_registration(tenant=str(a_reading().tenant.id).upper())), Verdict)


def test_another_tenant_than_the_expected_one_is_refused_before_microsoft_is_asked() -> None:
    entra, expected = FakeEntra(), Expected(tenant=UUID(int=7))
    assert problem_code(proved(a_registration(expected=expected), entra)) == "tenant_unexpected"
    assert entra.calls == 0


def test_a_domain_of_another_tenant_than_the_expected_one_is_refused_too() -> None:
    entered = a_registration(tenant="contoso.example", expected=Expected(tenant=UUID(int=7)))
    assert problem_code(proved(entered)) == "tenant_unexpected"


def test_the_expected_tenant_is_accepted() -> None:
    entered = a_registration(expected=Expected(tenant=a_reading().tenant.id))
    assert isinstance(proved(entered), Verdict)


@pytest.mark.parametrize(
    ("expected", "warned"),
    [
        ((), False),
        (("contoso.example",), False),
        (("CONTOSO.example",), False),
        (("mail.contoso.example",), False),
        (("fabrikam.example", "contoso.example"), False),
        (("fabrikam.example",), True),
        (("notcontoso.example",), True),
    ],
)
def test_domains_that_the_tenant_has_not_verified_are_a_warning_and_no_refusal(
    expected: tuple[str, ...], warned: bool
) -> None:
    tenant = a_reading().tenant.model_copy(update={"domains": ("contoso.example",)})
    graph = FakeGraph(replace(a_reading(), tenant=tenant))
    verdict = proved(a_registration(expected=Expected(domains=expected)), graph=graph)
    assert isinstance(verdict, Verdict)
    assert (Finding.DOMAIN_MISMATCH in verdict.warnings) == warned


@pytest.mark.parametrize(
    ("ends_in", "warnings"),
    [(90, ()), (31, ()), (30, (Finding.EXPIRES_SOON,)), (-1, (Finding.EXPIRY_UNKNOWN,))],
)
def test_an_end_that_is_near_or_unknown_is_a_warning(
    ends_in: int, warnings: tuple[str, ...]
) -> None:
    reading = replace(a_reading(), credentials=(a_password(ends_in=ends_in),), roles=("id",))
    verdict = proved(graph=FakeGraph(reading))
    assert isinstance(verdict, Verdict)
    assert verdict.warnings == warnings


def test_permissions_that_are_missing_or_too_many_are_warnings() -> None:
    graph = FakeGraph(replace(a_reading(), roles=("an-id-nobody-knows",)))
    verdict = proved(entra=FakeEntra(Accepted("token", ("User.Read.All",))), graph=graph)
    assert isinstance(verdict, Verdict)
    assert verdict.permissions.excess == ("User.Read.All",)
    assert verdict.warnings == (Finding.PERMISSIONS_EXCESS, Finding.PERMISSIONS_MISSING)


def test_a_required_permission_that_no_read_has_shown_to_be_there_is_a_problem() -> None:
    wanted = (*WANTED, Permission("Domain.Read.All", "other-id", True, "names the domains"))
    prover = Prover(FakeEntra(), FakeGraph(), wanted)
    answer = prover.prove(a_registration(), NOW, Checks())
    assert isinstance(answer, Refused)
    assert answer.problem.code == "permissions_missing"
    assert "Domain.Read.All" in answer.problem.title


def test_a_declared_end_counts_where_graph_may_not_be_asked_and_stays_marked() -> None:
    declared = NOW + timedelta(days=200)
    graph = FakeGraph(replace(a_reading(), credentials=None))
    verdict = proved(a_registration(declared_expiry=declared), graph=graph)
    assert isinstance(verdict, Verdict)
    assert verdict.secret.expires_at == declared
    assert verdict.secret.expiry_source is ExpirySource.DECLARED
    assert verdict.secret.needs_permission == "Application.Read.All"


def test_graphs_word_on_the_end_counts_more_than_a_declared_one() -> None:
    verdict = proved(a_registration(declared_expiry=NOW + timedelta(days=9)))
    assert isinstance(verdict, Verdict)
    assert verdict.secret.expires_at == NOW + timedelta(days=90)


def test_a_refusal_leads_to_where_it_is_mended() -> None:
    answer = proved(entra=FakeEntra(WRONG))
    assert isinstance(answer, Refused)
    assert answer.problem.link is not None
    assert answer.problem.link.endswith(f"/Credentials/appId/{a_registration().client_id}")


def test_the_checks_move_on_with_the_proof() -> None:
    checks = Checks()
    assert [each.state for each in checks.told(CheckState.RUNNING)] == ["running", *["open"] * 4]
    Prover(FakeEntra(), FakeGraph(BUSY), WANTED).prove(a_registration(), NOW, checks)
    assert [each.state for each in checks.told(CheckState.WAITING)] == [
        "done", "waiting", "open", "open", "open",
    ]  # fmt: skip
    Prover(FakeEntra(), FakeGraph(), WANTED).prove(a_registration(), NOW, checks)
    assert checks.current == "expiry"


def test_microsofts_word_on_when_to_try_again_counts() -> None:
    waited = timedelta(seconds=1)
    assert next_try(replace(BUSY, retry_after=90.0), waited, NOW) == NOW + timedelta(seconds=90)


def test_a_shorter_word_does_not_make_tries_more_frequent() -> None:
    waited = timedelta(seconds=100)
    assert next_try(replace(BUSY, retry_after=1.0), waited, NOW) > NOW + timedelta(seconds=79)


@pytest.mark.parametrize("seconds", [86_400.0, 1e15])
def test_but_no_wait_is_longer_than_an_hour(seconds: float) -> None:
    answer = replace(BUSY, retry_after=seconds)
    assert next_try(answer, timedelta(0), NOW) == NOW + timedelta(hours=1)


@pytest.mark.parametrize("seconds", [None, 0.0])
@pytest.mark.parametrize(("waited", "expected"), [(0, 2), (32, 32), (5000, 600)])
def test_without_such_a_word_tries_become_rarer(
    seconds: float | None, waited: int, expected: int
) -> None:
    answer = replace(BUSY, retry_after=seconds)
    delay = next_try(answer, timedelta(seconds=waited), NOW) - NOW
    assert timedelta(seconds=0.75 * expected) < delay < timedelta(seconds=1.25 * expected)


def test_an_attempt_that_takes_too_long_ends_as_a_problem_that_passes() -> None:
    class Endless:
        def prove(self, registration: Registration, now: object, checks: Checks) -> Verdict:
            eventlet.sleep(30)
            return GOOD_VERDICT

    answer = ProverInTime(Endless(), seconds=0.01).prove(a_registration(), NOW, Checks())
    assert isinstance(answer, Refused)
    assert answer.problem == problems.MICROSOFT_UNREACHABLE.problem()


def test_an_attempt_in_time_is_answered_as_it_is() -> None:
    prover = ProverInTime(ScriptedProver([GOOD_VERDICT]))
    assert prover.prove(a_registration(), NOW, Checks()) is GOOD_VERDICT


def test_an_attempt_may_take_less_than_half_of_its_lease() -> None:
    assert timedelta(seconds=TOTAL_SECONDS) < LEASE / 2


def test_no_secret_and_no_token_stands_in_what_is_printed() -> None:
    assert "abc~" not in repr(a_registration())
    assert "the-token" not in repr(Accepted("the-token", ()))
