"""A customer's own page: name and domains, and who is told by mail of its orders."""

import html
import re

import pytest

from onboarding.domain.customer import Customer
from onboarding.domain.notice_settings import KINDS
from onboarding.domain.operator import Role, Scope
from onboarding.domain.registers import NoticeSettings
from tenantlink_contracts.onboarding import NoticeKind
from tenantlink_runtime.clock import new_id
from tests.integration.onboarding.conftest import CUSTOMER, Office
from tests.integration.onboarding.visiting import Visit

pytestmark = pytest.mark.usefixtures("servers")
PAGE = f"/customers/{CUSTOMER}"


def stored(office: Office) -> Customer:
    found = office.customers.find(Scope.everything(), CUSTOMER)
    assert found is not None
    return found


def inputs(page: str) -> dict[str, str]:
    """Each input's tag by its id."""
    return {tag_id: tag for tag, tag_id in re.findall(r'(<input[^>]* id="([^"]+)"[^>]*>)', page)}


def test_each_customer_of_the_list_leads_to_its_own_page(visit: Visit) -> None:
    assert f'<a href="{PAGE}">Contoso</a>' in visit().get("/customers")
    page = visit().get(PAGE)
    assert 'value="contoso.example"' in inputs(page)["domains"]
    assert "checked" in inputs(page)["orderer"]
    assert "For orders from now on" in page


def test_name_and_domains_are_changed_and_the_number_and_the_mails_stay(
    office: Office, visit: Visit
) -> None:
    told = NoticeSettings(operators=("team@provider.example",))
    office.customers.set_notices(CUSTOMER, told)
    page = visit().post(
        PAGE, name="Contoso  Europe", domains="Contoso.example; eu.contoso.example", external_id="x"
    )
    assert "Customer Contoso Europe was changed." in page
    domains = ("contoso.example", "eu.contoso.example")
    assert stored(office) == Customer(CUSTOMER, "contoso", "Contoso Europe", domains, told)


def test_orders_from_now_on_bear_the_new_name_and_earlier_ones_the_old(
    office: Office, visit: Visit
) -> None:
    before = office.ordered("contoso")
    visit().post(PAGE, name="Contoso Europe", domains="")
    after = office.ordered("contoso-eu")
    names = []
    for subject in (before, after):
        found = office.onboardings.find(Scope.everything(), subject)
        assert found is not None
        assert found.order is not None
        names.append(found.order.customer_name)
    assert names == ["Contoso", "Contoso Europe"]


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"name": " "}, "name", "Enter the customer's name."),
        ({"name": "Con\u202etoso"}, "name", "characters that nobody sees"),
        ({"domains": "contoso.example, no_domain"}, "domains", "'no_domain' is no domain"),
    ],
)
def test_a_fault_of_name_or_domains_is_told_at_its_field_and_nothing_is_changed(
    office: Office, visit: Visit, typed: dict[str, str], field: str, says: str
) -> None:
    before = stored(office)
    page = visit().post(PAGE, 422, **{"name": "Contoso Europe", "domains": "", **typed})
    assert says in html.unescape(page)
    assert 'aria-invalid="true"' in inputs(page)[field]
    assert stored(office) == before


def test_who_is_told_is_stored_shown_again_and_used_by_the_next_order(
    office: Office, visit: Visit
) -> None:
    page = visit().post(
        f"{PAGE}/notices",
        operators="team@provider.example, desk@provider.example team@provider.example",
        administrators="it@contoso.example",
        muted="expired",
    )
    chosen = NoticeSettings(
        ("team@provider.example", "desk@provider.example"),
        ("it@contoso.example",),
        orderer=False,
        muted=(NoticeKind.EXPIRED,),
    )
    assert stored(office).notices == chosen
    found = inputs(page)
    assert 'value="team@provider.example, desk@provider.example"' in found["operators"]
    assert "checked" not in found["orderer"]
    boxes = [tag for tag in found.values() if 'name="muted"' in tag]
    assert len(boxes) == len(KINDS)
    assert [re.findall('value="([^"]+)"', tag) for tag in boxes if "checked" in tag] == [
        ["expired"]
    ]
    ordered = office.onboardings.find(Scope.everything(), office.ordered())
    assert ordered is not None
    assert ordered.order is not None
    assert ordered.order.notices == chosen


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"operators": "a@x.example, nobody"}, "operators", "'nobody' is no email address."),
        ({"administrators": "a@b@c.example"}, "administrators", "is no email address."),
        (
            {"operators": " ".join(f"a{n}@x.example" for n in range(21))},
            "operators",
            "At most 20 addresses.",
        ),
        ({"muted": "handed_over"}, "muted", "There is no mail 'handed_over'"),
    ],
)
def test_a_fault_of_who_is_told_is_told_at_its_field_and_nothing_is_changed(
    office: Office, visit: Visit, typed: dict[str, str], field: str, says: str
) -> None:
    page = visit().post(f"{PAGE}/notices", 422, **typed)
    told = re.search(rf'<div class="fault-text" id="{field}-fault">(.*?)</div></div>', page, re.S)
    assert told
    assert says in html.unescape(told[1])
    assert stored(office).notices == NoticeSettings()
    assert 'value="Contoso"' in inputs(page)["name"]


def test_viewers_look_and_change_nothing(office: Office, visit: Visit) -> None:
    vera = visit("Vera", Role.VIEWER)
    page = vera.get(PAGE)
    assert page.count("<fieldset disabled>") == 2
    assert "Save" not in page
    vera.post(PAGE, 403, name="Mine")
    vera.post(f"{PAGE}/notices", 403, operators="vera@provider.example")
    assert (stored(office).name, stored(office).notices) == ("Contoso", NoticeSettings())


@pytest.mark.parametrize("path", ["", "/notices"])
def test_a_customer_that_is_not_there_is_not_found(visit: Visit, path: str) -> None:
    visit().post(f"/customers/{new_id()}{path}", 404, name="Nobody")


def test_every_mail_but_that_of_a_link_handed_over_can_be_left_out() -> None:
    assert set(KINDS) == set(NoticeKind) - {NoticeKind.HANDED_OVER}
