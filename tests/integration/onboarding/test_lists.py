"""Lists page by page, searches and counts, on a real database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from onboarding.adapters import sql_listing
from onboarding.adapters.sql_listing import SqlServiceList, recount
from onboarding.adapters.sql_onboardings import stored_onboardings
from onboarding.app.listing import Sort, Wish
from onboarding.domain.operator import Scope
from onboarding.domain.search import typed_words
from onboarding.domain.states import Actor, State
from tests.integration.onboarding.conftest import CUSTOMER, OTHER_CUSTOMER, Office

ALL = Scope.everything()
pytestmark = pytest.mark.usefixtures("servers")


@pytest.fixture
def lists(office: Office) -> SqlServiceList:
    return SqlServiceList(office.engine, stored_onboardings())


def names(lists: SqlServiceList, wish: Wish, scope: Scope = ALL) -> list[str]:
    """The short names on all pages."""
    found: list[str] = []
    while True:
        page = lists.page(scope, wish)
        found += [each.order.short_name for each in page.onboardings if each.order]
        if page.next is None:
            return found
        wish = Wish(**{name: getattr(wish, name) for name in wish.__slots__} | {"after": page.next})


def search(lists: SqlServiceList, text: str, scope: Scope = ALL) -> list[str]:
    return names(lists, Wish(words=typed_words(text)), scope)


def age(office: Office, subject: UUID, days: int) -> None:
    """As if it had been ordered so long ago."""
    at = datetime.now(UTC) - timedelta(days=days)
    with office.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE onboardings SET ordered_at = :at WHERE id = :id"),
            {"at": at, "id": subject},
        )


@pytest.mark.parametrize("size", [1, 2, 3, 50])
@pytest.mark.parametrize("sort", Sort)
def test_pages_of_any_size_show_every_service_once_and_in_order(
    office: Office, lists: SqlServiceList, sort: Sort, size: int
) -> None:
    for number, name in enumerate(("delta", "alpha", "echo", "bravo", "charlie")):
        age(office, office.ordered(name), number // 2)  # some at one moment
    found = names(lists, Wish(sort=sort, size=size))
    assert sorted(found) == ["alpha", "bravo", "charlie", "delta", "echo"]
    if sort is Sort.SHORT_NAME:
        assert found == sorted(found)


def test_newest_first(office: Office, lists: SqlServiceList) -> None:
    for days, name in enumerate(("new", "old", "older")):
        age(office, office.ordered(name), days)
    assert names(lists, Wish()) == ["new", "old", "older"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("contoso-eu", ["contoso-eu"]),
        ("CONTOSO-E", ["contoso-eu"]),
        ("eu", ["contoso-eu"]),
        ("Fabrikam", ["fabri"]),
        ("contoso.exa", ["fabri", "contoso-eu"]),
        ("fabrikam fab", ["fabri"]),
        ("fabrikam eu", []),
        ("abri", []),
        ("%", []),
    ],
)
def test_a_search_finds_what_begins_so_and_has_every_word(
    office: Office, lists: SqlServiceList, typed: str, found: list[str]
) -> None:
    office.ordered("contoso-eu", CUSTOMER)
    office.ordered("fabri", OTHER_CUSTOMER)
    assert search(lists, typed) == found


def test_a_word_that_many_have_is_found_in_the_lists_own_order(
    office: Office, lists: SqlServiceList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_listing, "FEW", 2)
    for days in range(4):
        age(office, office.ordered(f"voice-{days}"), days)
    assert search(lists, "voice") == ["voice-0", "voice-1", "voice-2", "voice-3"]
    assert search(lists, "voice voice-2") == ["voice-2"]


def test_others_customers_are_neither_listed_nor_found_nor_counted(
    office: Office, lists: SqlServiceList
) -> None:
    office.ordered("ours", CUSTOMER)
    office.ordered("theirs", OTHER_CUSTOMER)
    mine = Scope(frozenset({CUSTOMER}))
    with office.engine.begin() as connection:
        recount(connection)
    assert names(lists, Wish(), mine) == ["ours"]
    assert search(lists, "theirs", mine) == []
    assert lists.counts(mine).total == 1
    assert lists.counts(ALL).total == 2


def test_states_and_whose_turn_it_is_narrow_the_list(office: Office, lists: SqlServiceList) -> None:
    office.ordered("waits")
    assert names(lists, Wish(states=(State.REQUESTED,))) == ["waits"]
    assert names(lists, Wish(states=(State.ACTIVE, State.CANCELLED))) == []
    assert names(lists, Wish(actor=Actor.SYSTEM)) == ["waits"]
    assert names(lists, Wish(actor=Actor.OPERATOR)) == []
    assert names(lists, Wish(customer=OTHER_CUSTOMER)) == []


def test_counts_are_those_of_the_last_count_and_say_when_it_was(
    office: Office, lists: SqlServiceList
) -> None:
    assert lists.counts(ALL).at is None
    office.ordered("one")
    with office.engine.begin() as connection:
        recount(connection)
    office.ordered("two")
    counts = lists.counts(ALL)
    assert counts.by_state == {State.REQUESTED: 1}
    assert counts.at is not None
    with office.engine.begin() as connection:
        recount(connection)
    assert lists.counts(ALL).by_state == {State.REQUESTED: 2}


def test_words_are_kept_by_whoever_saves(office: Office) -> None:
    office.ordered("contoso")
    with office.engine.connect() as connection:
        words = set(connection.execute(sa.text("SELECT word FROM service_words")).scalars())
    assert {"contoso", "contoso.example", "example"} <= words
