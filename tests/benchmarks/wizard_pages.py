"""Server time of each page of the Invitation wizard: `python -m tests.benchmarks.wizard_pages`.

Asked of the application itself, without a network in between, on a real database: what remains is
the time that the server spends. The goal is a median under 50 ms on a machine with two cores.
"""

import re
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from flask.testing import FlaskClient

from invitation.adapters.link_tokens import LinkTokens
from invitation.adapters.sealed import SealedLinkMinter
from invitation.adapters.sql_invitations import StoredInvitations
from invitation.app import issue_link
from invitation.bootstrap import build_web
from invitation.settings import InvitationSettings
from tenantlink_contracts.event import Event
from tenantlink_contracts.invitation import InvitationIssued
from tenantlink_contracts.onboarding import ServiceRequested
from tenantlink_runtime import keys, migrating
from tenantlink_runtime.clock import utc_now
from tenantlink_runtime.sealing import PrivateKeys, PublicKeys, SealContext
from tenantlink_runtime.unit_of_work import Transactions
from tests.support.events import CLIENT, SUBJECT, TENANT, an_event
from tests.support.invitation_builders import SECRET
from tests.support.servers import TestServers

ROUNDS, GOAL_MS = 200, 50.0
MIGRATIONS = Path(__file__).parents[2] / "services/invitation/migrations"


def main() -> None:
    """Print the median and the 95th percentile of every page."""
    with TestServers.started() as servers, tempfile.TemporaryDirectory() as folder:
        settings = prepared(servers, Path(folder))
        link = invited(settings, an_event(ServiceRequested, at=utc_now()))
        app, engine = build_web(settings)
        for name, seconds in measured(app.test_client(), link).items():
            times = sorted(each * 1000 for each in seconds)
            median, late = statistics.median(times), times[int(len(times) * 0.95)]
            verdict = "" if median < GOAL_MS else f"  over the goal of {GOAL_MS:g} ms"
            print(f"{name:22} median {median:6.2f} ms   p95 {late:6.2f} ms{verdict}")
        engine.dispose()


def prepared(servers: TestServers, folder: Path) -> InvitationSettings:
    """A fresh database, and keys."""
    admin = sa.create_engine(servers.postgres_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE wizard_pages"))
    admin.dispose()
    url = sa.make_url(servers.postgres_url).set(database="wizard_pages")
    database_url = url.render_as_string(hide_password=False)
    migrating.migrate(MIGRATIONS, database_url)
    keys.generate(folder)
    return InvitationSettings(
        database_url=database_url,
        public_keys_file=folder / "public.jwks.json",
        link_keys_file=folder / "invitation.link.jwks.json",
        session_key_file=folder / "invitation.session.key",
        public_url="http://localhost",
        secure_cookies=False,
        verdict_seconds=0,
    )


def invited(settings: InvitationSettings, event: Event[ServiceRequested]) -> str:
    """The path of a good link."""
    engine = sa.create_engine(settings.database_url.get_secret_value())
    tokens = LinkTokens.load(settings.link_keys_file)
    minter = SealedLinkMinter(tokens, PublicKeys.load(settings.public_keys_file), "")
    with Transactions(engine, "invitation", StoredInvitations()).begin() as uow:
        invitation = uow.aggregate(SUBJECT)
        decision = issue_link.on_service_requested(invitation, event, utc_now(), minter)
        uow.apply(SUBJECT, decision)
    engine.dispose()
    (fact,) = decision.events
    assert isinstance(fact, InvitationIssued)
    private = PrivateKeys.load(settings.public_keys_file.parent / "notifier.sealing.jwks.json")
    return private.open(fact.link, SealContext(InvitationIssued, SUBJECT, 1))


def measured(client: FlaskClient, link: str) -> dict[str, list[float]]:
    """The seconds of each page, asked again and again."""
    token = re.findall(r'name="csrf_token" value="([^"]*)"', client.get(link).text)[0]
    client.post(link, data={"csrf_token": token})
    typed = {"csrf_token": token, "tenant": TENANT, "client_id": CLIENT, "secret": SECRET}
    pages: dict[str, Callable[[], object]] = {
        "first page": lambda: client.get(link),
        "how to prepare": lambda: client.get("/wizard/preparation"),
        "form": lambda: client.get("/wizard"),
        "faults": lambda: client.post("/wizard", data={**typed, "secret": ""}),
        "unknown link": lambda: client.get("/invitation/unknown"),
    }
    times = {name: [timed(ask) for _ in range(ROUNDS)] for name, ask in pages.items()}
    times["Start authentication"] = [
        timed(lambda: client.post("/wizard", data=typed)) for _ in range(20)
    ]
    times["being checked"] = [timed(lambda: client.get("/wizard/result")) for _ in range(ROUNDS)]
    return times


def timed(ask: Callable[[], object]) -> float:
    """How long an answer takes."""
    start = time.perf_counter()
    ask()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
