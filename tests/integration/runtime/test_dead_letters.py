"""What was set aside is found, understood, replayed or discarded; nothing is lost or doubled."""

import json
import os
import pty
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from tenantlink_contracts import names, wire
from tenantlink_contracts.invitation import CredentialsSubmitted
from tenantlink_contracts.onboarding import ServiceCreated
from tenantlink_runtime import database, dead_letters, dead_letters_command, keys, parking
from tenantlink_runtime.aggregates import StoredAggregates, aggregate_table
from tenantlink_runtime.clock import new_id
from tenantlink_runtime.dead_letters import Selection
from tenantlink_runtime.decision import Decision, Refusal
from tenantlink_runtime.delivery import Delivery
from tenantlink_runtime.flow import EventFlow
from tenantlink_runtime.sealing import PublicKeys, SealContext
from tenantlink_runtime.settings import ServiceSettings
from tenantlink_runtime.tables import parked
from tenantlink_runtime.unit_of_work import Transactions
from tests.support.events import SUBJECT, an_event
from tests.support.sample import Sample
from tests.support.sample_service import Tally
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("servers")
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(sample: Sample, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `dead-letters` of the sample service; exit code and all that it said."""

    def settings() -> ServiceSettings:
        return ServiceSettings(
            database_url=SecretStr(sample.database_url), public_keys_file=Path(os.devnull)
        )

    def command(*arguments: str) -> tuple[int, str]:
        code = dead_letters_command.run("sample", settings, arguments)
        said = capsys.readouterr()
        return code, said.out + said.err

    return command


def test_a_poison_message_is_found_mended_and_replayed_with_its_effect_exactly_once(
    sample: Sample, run: Run
) -> None:
    poison = an_event(ServiceCreated, subject=new_id(), short_name="boom")
    with sample.running():
        sample.publish(poison)
        eventually(sample.parked)
        use_up_the_attempts(sample)
        code, text = run("list", "--json", "--status", "dead")
        (found,) = json.loads(text)["dead_letters"]
        assert (code, found["event"], found["subject"]) == (
            0,
            "ServiceCreated",
            str(poison.subject),
        )
        assert found["reason"] == "RuntimeError: a bug in a handler"
        mend_the_handler(sample)
        code, text = run("replay", found["id"])
        assert (code, text) == (
            0,
            "1 due now: a running work process tries them within 5 seconds.\n",
        )
        eventually(lambda: sample.count(poison.subject) == 1)
        eventually(lambda: not sample.parked())
        last = an_event(ServiceCreated, subject=new_id())
        sample.publish(poison)
        sample.publish(last)
        eventually(lambda: sample.count(last.subject) == 1)
    assert sample.count(poison.subject) == 1


def test_a_replayed_message_that_fails_again_has_all_its_attempts_before_it(
    sample: Sample, run: Run
) -> None:
    letter = set_aside(sample, an_event(ServiceCreated, subject=new_id(), short_name="boom"))
    use_up_the_attempts(sample)
    with sample.running():
        run("replay", str(letter))
        eventually(lambda: [row.status for row in sample.parked()] == ["parked"])
        (again,) = eventually(lambda: [row for row in sample.parked() if row.attempts])
    assert (again.id, again.status, again.attempts) == (letter, "parked", 1)


def test_a_refused_event_has_its_effect_when_it_is_replayed_after_its_cause_is_mended(
    sample: Sample, run: Run
) -> None:
    refused = an_event(ServiceCreated, subject=new_id(), short_name="unknown")
    delivery = Delivery(
        "sample.inbox",
        wire.CONTENT_TYPE,
        wire.headers_of(refused),
        refused.data.model_dump_json().encode(),
    )
    a_flow(sample, known=False).run([delivery])
    assert [row.status for row in sample.parked()] == ["dead"]
    for known in (False, True):
        run("replay", "--all")
        flow = a_flow(sample, known=known)
        parking.retry_due(sample.engine, lambda each, flow=flow: flow.run([each]))
    assert sample.parked() == []
    assert sample.count(refused.subject) == 1
    a_flow(sample, known=True).run([delivery])
    assert sample.count(refused.subject) == 1


def test_a_message_is_shown_with_its_sealed_fields_replaced(
    sample: Sample, run: Run, tmp_path: Path
) -> None:
    keys.generate(tmp_path)
    public = PublicKeys.load(tmp_path / "public.jwks.json")
    context = SealContext(CredentialsSubmitted, SUBJECT, 1)
    sealed = public.seal("hunter2", names.CREDENTIAL_VALIDATOR, context)
    credential = {"kind": "secret", "sealed": sealed}
    letter = set_aside(sample, an_event(CredentialsSubmitted, credential=credential))
    code, text = run("show", str(letter))
    assert code == 0
    assert "tenantlink.CredentialsSubmitted.v1" in text
    assert sealed not in text
    body = json.loads(text[text.index("{\n") :])
    assert body["credential"]["sealed"]["key"].startswith("credential-validator.")
    assert body["credential"]["sealed"]["length"] == len(sealed)


def test_a_secret_that_was_sent_unsealed_is_neither_listed_nor_shown(
    sample: Sample, run: Run
) -> None:
    event = an_event(CredentialsSubmitted)
    body = event.data.model_dump(mode="json") | {
        "credential": {"kind": "secret", "sealed": "hunter2"}
    }
    sent = json.dumps(body).encode()
    refusal = wire.read_event(wire.CONTENT_TYPE, wire.headers_of(event), sent)
    assert isinstance(refusal, wire.Unreadable)
    letter = set_aside(sample, event, body=sent, reason=refusal.reason)
    said = "".join(run(*each)[1] for each in (["list"], ["show", str(letter)]))
    assert "not sealed" in said
    assert "hunter2" not in said


def test_the_reason_of_a_failed_statement_names_none_of_its_values(sample: Sample) -> None:
    engine = database.connect(sample.database_url)
    with engine.connect() as connection, pytest.raises(sa.exc.ProgrammingError) as failed:
        connection.execute(sa.text("SELECT :secret FROM nowhere"), {"secret": "hunter2"})
    engine.dispose()
    reason = database.explain(failed.value)
    assert reason.startswith('ProgrammingError: relation "nowhere" does not exist\n')
    assert "hunter2" not in reason
    assert "[parameters" not in str(failed.value)  # what a log would say


def test_the_list_shows_the_first_line_of_a_reason_and_details_show_all_of_it(
    sample: Sample, run: Run
) -> None:
    letter = set_aside(sample, an_event(ServiceCreated), reason="first line\nsecond line")
    assert "second line" not in run("list")[1]
    assert "second line" in run("show", str(letter))[1]


def test_the_raw_body_goes_into_a_private_file_and_over_no_other(
    sample: Sample, run: Run, tmp_path: Path
) -> None:
    letter = set_aside(sample, an_event(ServiceCreated), body=b"\x00 not json")
    file = tmp_path / "body"
    assert run("show", str(letter), "--raw-to", str(file))[0] == 0
    assert file.read_bytes() == b"\x00 not json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_bytes(b"mine")
    code, text = run("show", str(letter), "--raw-to", str(file))
    assert (code, file.read_bytes()) == (2, b"mine")
    assert "File exists" in unboxed(text)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ([], ["dead", "parked"]),
        (["--status", "dead"], ["dead"]),
        (["--event", "credentialssubmitted"], ["parked"]),
        (["--event", "tenantlink.ServiceCreated.v1"], ["dead"]),
        (["--event", "Service%"], []),
        (["--reason", "NO SUCH"], ["dead"]),
        (["--reason", "%"], []),
        (["--subject", str(SUBJECT)], ["parked"]),
        (["--since", "2h"], ["dead"]),
        (["--until", "2h"], ["parked"]),
        (["--since", "4h", "--until", "2h"], ["parked"]),
        (["--limit", "1"], ["dead"]),
    ],
)
def test_the_list_is_newest_first_and_can_be_filtered(
    sample: Sample, run: Run, filters: list[str], found: list[str]
) -> None:
    older = set_aside(sample, an_event(CredentialsSubmitted), reason="a bug")
    change(sample, older, status="parked", first_seen=datetime.now(UTC) - timedelta(hours=3))
    set_aside(sample, an_event(ServiceCreated, subject=new_id()), reason="no such order")
    code, text = run("list", "--json", *filters)
    assert code == 0
    assert [each["status"] for each in json.loads(text)["dead_letters"]] == found


def test_the_list_says_how_many_there_are_in_all(sample: Sample, run: Run) -> None:
    for _ in range(3):
        set_aside(sample, an_event(ServiceCreated))
    code, text = run("list", "--limit", "2")
    assert code == 0
    assert text.endswith("2 of 3 shown.\n")
    assert text.count("ServiceCreated") == 2


def test_dry_runs_change_nothing(sample: Sample, run: Run) -> None:
    letters = [set_aside(sample, an_event(ServiceCreated)) for _ in range(3)]
    before = sample.parked()
    for what, words in (("replay", "3 would be replayed"), ("discard", "3 would be discarded")):
        code, text = run(what, "--all", "--dry-run")
        assert code == 0
        assert words in text
        assert all(str(letter) in text for letter in letters)
    assert sample.parked() == before


def test_an_id_that_is_not_there_stops_everything(sample: Sample, run: Run) -> None:
    letter, missing = set_aside(sample, an_event(ServiceCreated)), new_id()
    before = sample.parked()
    for what in ("show", "replay", "discard"):
        code, text = run(what, str(letter), str(missing))
        assert code == 2
        assert f"There is no dead letter {missing}" in unboxed(text)
    assert sample.parked() == before


def test_an_event_older_than_the_inbox_remembers_is_replayed_only_by_force(
    sample: Sample, run: Run
) -> None:
    old = set_aside(sample, an_event(ServiceCreated))
    made = int((datetime.now(UTC) - timedelta(days=36)).timestamp() * 1000)
    headers = {"ce-id": str(UUID(int=made << 80 | 0x7 << 76 | 0x8 << 60))}
    change(sample, old, headers=headers)
    young = set_aside(sample, an_event(ServiceCreated))
    code, text = run("replay", "--all")
    assert code == 1
    assert f"Skipped {old}" in text
    assert statuses(sample) == {old: "dead", young: "parked"}
    assert run("replay", str(old), "--force")[0] == 0
    assert statuses(sample) == {old: "parked", young: "parked"}


def test_a_message_that_is_being_tried_is_left_alone(sample: Sample, run: Run) -> None:
    busy = set_aside(sample, an_event(ServiceCreated))
    set_aside(sample, an_event(ServiceCreated))
    with sample.engine.begin() as connection:
        connection.execute(sa.select(parked).where(parked.c.id == busy).with_for_update())
        assert "1 left alone" in run("replay", "--all")[1]
        assert "1 discarded.\n1 left alone" in run("discard", "--all", "--yes")[1]
    assert statuses(sample) == {busy: "dead"}


def test_a_replay_that_is_cut_off_has_lost_nothing_and_can_be_repeated(sample: Sample) -> None:
    letters = [set_aside(sample, an_event(ServiceCreated)) for _ in range(250)]
    batches = dead_letters.replay(sample.engine, letters)
    next(batches)
    del batches
    assert sorted(statuses(sample).values()) == ["dead"] * 150 + ["parked"] * 100
    assert sum(batch.done for batch in dead_letters.replay(sample.engine, letters)) == 250
    assert set(statuses(sample).values()) == {"parked"}


def test_discarding_without_a_terminal_needs_a_yes(sample: Sample, run: Run) -> None:
    kept = set_aside(sample, an_event(CredentialsSubmitted))
    set_aside(sample, an_event(ServiceCreated))
    code, text = run("discard", "--event", "ServiceCreated")
    assert (code, len(sample.parked())) == (2, 2)
    assert "give --yes" in unboxed(text)
    assert run("discard", "--event", "ServiceCreated", "--yes") == (0, "1 discarded.\n")
    assert list(statuses(sample)) == [kept]


@pytest.mark.parametrize(("answer", "code", "left"), [("n\n", 1, 1), ("y\n", 0, 0)])
def test_discarding_on_a_terminal_asks_first(
    onboarding: "Onboarding", answer: str, code: int, left: int
) -> None:
    onboarding.set_aside()
    main, terminal = pty.openpty()
    os.write(main, answer.encode())
    done = onboarding.run("python", "discard", "--all", stdin=terminal)
    os.close(terminal)
    os.close(main)
    assert done.returncode == code
    assert "Discard 1 for good?" in done.stdout
    assert onboarding.count() == left


def test_the_tenantlink_command_hands_over_to_the_service(onboarding: "Onboarding") -> None:
    letter = onboarding.set_aside()
    done = onboarding.run("tenantlink", "list", "--json", "--reason", "two words")
    assert done.returncode == 0
    assert [each["id"] for each in json.loads(done.stdout)["dead_letters"]] == [str(letter)]
    refused = onboarding.run("tenantlink", "replay", str(new_id()))
    assert refused.returncode == 2
    assert "There is no dead letter" in unboxed(refused.stderr)


class Onboarding:
    """A real service's database and its own settings, nothing of it running."""

    def __init__(self, url: str, folder: Path) -> None:
        keys.generate(folder)
        self.engine = sa.create_engine(url)
        self._settings = {
            "DATABASE_URL": url,
            "PUBLIC_URL": "http://127.0.0.1",
            "PUBLIC_KEYS_FILE": str(folder / "public.jwks.json"),
            "OIDC_ISSUER": "https://127.0.0.1",
            "OIDC_CLIENT_ID": "console",
            "OIDC_CLIENT_SECRET_FILE": os.devnull,
        }

    def set_aside(self) -> UUID:
        """A dead letter with a reason of several words."""
        return bury(self.engine, an_event(ServiceCreated), reason="a reason of two words")

    def count(self) -> int:
        """How many dead letters there are."""
        with self.engine.connect() as connection:
            return dead_letters.count(connection, Selection())

    def run(self, way: str, *arguments: str, **how: Any) -> "subprocess.CompletedProcess[str]":
        """The command line of the service itself, or through `tenantlink`."""
        line = {
            "python": [sys.executable, "-m", "onboarding", "dead-letters"],
            "tenantlink": [
                sys.executable,
                "-m",
                "tenantlink_cli.main",
                "dead-letters",
                "onboarding",
            ],
        }
        settings = {f"ONBOARDING_{name}": value for name, value in self._settings.items()}
        return subprocess.run(
            [*line[way], *arguments],
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            timeout=60,
            **how,
        )


@pytest.fixture
def onboarding(migrated_database: Callable[[str], str], tmp_path: Path) -> Any:
    """Onboarding's database with its migrations."""
    service = Onboarding(migrated_database("onboarding"), tmp_path)
    yield service
    service.engine.dispose()


def a_flow(sample: Sample, known: bool) -> EventFlow[Tally]:
    """Of a service that refuses what it does not know, and counts what it knows."""

    def handle(tally: Tally, event: Any, now: datetime) -> Decision[Tally] | Refusal:
        return Decision(replace(tally, count=tally.count + 1)) if known else Refusal("unknown")

    tallies = StoredAggregates(aggregate_table("tallies", sa.MetaData()), Tally, Tally)
    return EventFlow(Transactions(sample.engine, "sample", tallies), {ServiceCreated: handle})


def set_aside(
    sample: Sample,
    event: Any,
    body: bytes | None = None,
    reason: str = "refused",
) -> UUID:
    """A dead row of that event; its id."""
    return bury(sample.engine, event, body, reason)


def bury(
    engine: sa.Engine,
    event: Any,
    body: bytes | None = None,
    reason: str = "refused",
) -> UUID:
    """As the flow does it with a permanent error."""
    delivery = Delivery(
        "sample.inbox",
        wire.CONTENT_TYPE,
        wire.headers_of(event),
        event.data.model_dump_json().encode() if body is None else body,
    )
    with engine.begin() as connection:
        parking.bury(connection, delivery, reason)
        newest = sa.select(parked.c.id).order_by(parked.c.first_seen.desc()).limit(1)
        return UUID(str(connection.execute(newest).scalar_one()))


def change(sample: Sample, letter: UUID, **values: Any) -> None:
    """What time would have done."""
    with sample.engine.begin() as connection:
        connection.execute(parked.update().where(parked.c.id == letter).values(**values))


def use_up_the_attempts(sample: Sample) -> None:
    """As after five failures, without waiting for them."""
    with sample.engine.begin() as connection:
        connection.execute(parked.update().values(status="dead", attempts=5, due_at=None))


def mend_the_handler(sample: Sample) -> None:
    """The new version of the service is there."""
    with sample.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO mended VALUES (1)"))


def unboxed(text: str) -> str:
    """The words of a message that stands in a box."""
    return " ".join(text.replace("│", " ").split())


def statuses(sample: Sample) -> dict[UUID, str]:
    """Every row's status."""
    return {row.id: row.status for row in sample.parked()}
