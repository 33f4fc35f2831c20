"""An address' local part says how the mailbox treats it; the page's examples are true."""

import pytest

from tenantlink_local.mailbox.behaviour import PATTERNS, Behaviour, Treatment


def answers(address: str, *moments: float) -> list[str]:
    """The numbers that are answered at these moments."""
    clock = iter([each for each in moments for _ in range(2)])
    behaviour = Behaviour(lambda: next(clock))
    return [behaviour.treat(address).answer[:3] for _ in moments]


@pytest.mark.parametrize(
    ("local_part", "expected"),
    [
        ("admin", ["250", "250", "250"]),
        ("refuse-550", ["550", "550", "550"]),
        ("later-450", ["450", "250", "250"]),
        ("busy-451", ["451", "451", "451"]),
        ("greylist-60", ["450", "450", "250"]),
        ("slow-10", ["250", "250", "250"]),
        ("bounce-5.1.1", ["250", "250", "250"]),
        ("refuse-250", ["250", "250", "250"]),
        ("later-550", ["250", "250", "250"]),
        ("bounce-2.0.0", ["250", "250", "250"]),
    ],
)
def test_each_address_has_its_fate(local_part: str, expected: list[str]) -> None:
    assert answers(f"{local_part}@contoso.example", 0, 59, 61) == expected


def test_every_example_of_the_page_is_treated_otherwise_than_usual() -> None:
    for each in PATTERNS:
        treated = Behaviour(lambda: 0.0).treat(f"{each.example}@contoso.example")
        assert treated != Treatment(), each.example


def test_nobody_waits_longer_than_two_minutes() -> None:
    assert Behaviour(lambda: 0.0).treat("slow-99999@contoso.example").seconds == 120
