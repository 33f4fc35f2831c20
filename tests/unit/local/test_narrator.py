"""What the demo prints can be read on a narrow screen, and only what came true is counted."""

from datetime import UTC, datetime

import pytest

from tenantlink_local.narrator import Narrator

LONG = "450 4.2.0 greylisted, try again later, " * 6


def test_a_step_that_fails_is_not_told_in_the_timeline(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell = Narrator()
    with tell.step("1", "came true"):
        pass
    with pytest.raises(ValueError, match="no"), tell.step("2", "did not come true"):
        raise ValueError("no")
    capsys.readouterr()
    tell.timeline()
    told = capsys.readouterr().out
    assert "came true" in told
    assert "did not come true" not in told


def test_the_timeline_names_each_part_once_above_its_steps(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell = Narrator()
    for part, steps in (("The operator", ("a", "b")), ("The administrator", ("c",))):
        tell.part(part)
        for each in steps:
            with tell.step("", each):
                pass
    capsys.readouterr()
    tell.timeline()
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    kept = [" ".join(each) if each[0] == "The" else each[1] for each in lines[1:] if each]
    assert kept[0].startswith("The timeline of steps")
    assert kept[1:] == ["The operator", "a", "b", "The administrator", "c", "steps"]


@pytest.mark.parametrize("indent", [8, 37])
def test_long_words_go_on_below_where_they_began(
    capsys: pytest.CaptureFixture[str], indent: int
) -> None:
    tell, at = Narrator(), datetime(2026, 1, 2, 3, 4, 5, 67000, UTC)
    if indent == 8:
        tell.say(LONG)
    else:
        tell.entry(at, "notifier", LONG)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 1
    assert all(len(line) <= 100 for line in lines)
    assert all(line[:indent].isspace() and line[indent] != " " for line in lines[1:])
    assert " ".join(line[indent:].strip() for line in lines) == LONG.strip()
