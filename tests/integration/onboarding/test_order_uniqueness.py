"""A short name and its DNS label belong to one living service, also when two order at once."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
import sqlalchemy as sa

from onboarding.app.cancel_onboarding import cancel
from onboarding.app.ports import NameTaken, NotFound, NotPossible
from onboarding.domain.breach import Breach
from onboarding.domain.operator import Scope
from tenantlink_runtime.clock import new_id
from tests.integration.onboarding.conftest import OTHER_CUSTOMER, Office
from tests.support.onboarding_builders import an_operator


def _codes(answer: UUID | tuple[Breach, ...]) -> list[str]:
    assert isinstance(answer, tuple), answer
    return [breach.code for breach in answer]


def test_a_short_name_is_taken_whatever_its_case(office: Office) -> None:
    office.ordered("contoso")
    assert _codes(office.order("CONTOSO", OTHER_CUSTOMER)) == ["short_name_taken"]


def test_another_name_with_the_same_dns_label_has_a_code_of_its_own(office: Office) -> None:
    office.ordered("con-toso")
    assert _codes(office.order("con_toso")) == ["dns_label_taken"]


def test_a_cancelled_order_gives_its_name_back(office: Office) -> None:
    subject = office.ordered("contoso")
    office.desk.act(
        Scope.everything(), subject, an_operator(), "Cancelled", lambda o, now: cancel(o, now, "x")
    )
    assert office.ordered("contoso") != subject


def test_of_many_who_order_one_name_at_once_one_gets_it(office: Office) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: office.order("contoso"), range(8)))
    winners = [each for each in answers if isinstance(each, UUID)]
    assert len(winners) == 1
    losers = [code for each in answers if not isinstance(each, UUID) for code in _codes(each)]
    assert set(losers) == {"short_name_taken"}
    with office.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT count(*) FROM onboardings")).scalar_one()
        facts = connection.execute(sa.text("SELECT count(*) FROM outbox")).scalar_one()
    assert (rows, facts) == (1, 1)


def test_the_database_itself_refuses_a_taken_label(office: Office) -> None:
    office.ordered("con-toso")
    other = office.ordered("fabrikam")
    rename = sa.text("UPDATE onboardings SET dns_label = 'con-toso' WHERE id = :id")
    with (
        pytest.raises(NameTaken, match="dns_label_taken"),
        office.desk.transactions.begin() as uow,
    ):
        uow.connection.execute(rename, {"id": other})


def test_an_unknown_onboarding_cannot_be_acted_on_and_leaves_no_row(office: Office) -> None:
    nobody = UUID(int=5)
    with pytest.raises(NotFound):
        office.desk.act(
            Scope.everything(), nobody, an_operator(), "x", lambda o, now: cancel(o, now, "x")
        )
    with office.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM onboardings")).scalar_one() == 0


def test_a_cancelled_order_takes_no_more_actions(office: Office) -> None:
    subject = office.ordered()

    def stop() -> None:
        office.desk.act(
            Scope.everything(), subject, an_operator(), "x", lambda o, now: cancel(o, now, "x")
        )

    stop()
    with pytest.raises(NotPossible, match="cancelled"):
        stop()


def test_a_form_that_is_sent_twice_orders_once(office: Office) -> None:
    form = new_id()
    assert [office.order(subject=form), office.order(subject=form)] == [form, form]
    assert len(office.onboardings.services(Scope.everything())) == 1
