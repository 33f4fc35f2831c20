"""One domain's mails do not come faster than it likes, and no other domain waits for it."""

from datetime import timedelta

from notifier.app import pace as module
from notifier.app.pace import MINUTE, Pace
from tests.support.events import NOW

NOTHING = timedelta(0)


def test_within_any_minute_a_domain_gets_so_many_mails_and_others_do_not_wait() -> None:
    pace = Pace(2)
    at = [NOW, NOW + timedelta(seconds=20), NOW + timedelta(seconds=30)]
    waits = [pace.wait("contoso.example", each) for each in at]
    assert waits == [NOTHING, NOTHING, timedelta(seconds=30)]
    assert pace.wait("fabrikam.example", at[2]) == NOTHING


def test_a_mail_that_waited_may_go_when_its_time_has_come_and_one_only() -> None:
    pace = Pace(1)
    pace.wait("contoso.example", NOW)
    due = NOW + pace.wait("contoso.example", NOW)
    assert due == NOW + MINUTE
    assert [pace.wait("contoso.example", due) for _ in range(2)] == [NOTHING, MINUTE]


def test_domains_of_long_ago_are_forgotten() -> None:
    pace = Pace(1)
    for number in range(module.MOST_DOMAINS + 1):
        pace.wait(f"{number}.example", NOW)
    pace.wait("contoso.example", NOW + 2 * MINUTE)
    assert len(pace._sent) == 1
