"""The local stack on a broker whose URL is given: with the management URL, and without it."""

import shutil
from pathlib import Path

import amqp
import kombu
import pytest
import sqlalchemy as sa

from tenantlink_contracts import names
from tenantlink_local import messaging
from tests.support.broker import Vhost
from tests.support.servers import TestServers


@pytest.fixture
def given(servers: TestServers, vhost: Vhost, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty virtual host of somebody's broker, in the environment."""
    vhost.ask("PUT", "vhosts/{}", {})
    url = sa.make_url(servers.amqp_url).set(database=vhost.name)
    text = url.render_as_string(hide_password=False)
    monkeypatch.setenv("TENANTLINK_AMQP_URL", text)
    monkeypatch.delenv("TENANTLINK_MANAGEMENT_URL", raising=False)
    return text


def start(folder: Path) -> messaging.Messaging:
    return messaging.start(folder, {}, started=lambda child: pytest.fail(f"{child} was started"))


def test_with_the_management_url_it_gets_the_topology_and_a_user_each(
    given: str,
    servers: TestServers,
    passwords: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copy(passwords, tmp_path / "passwords.json")  # users belong to all virtual hosts
    monkeypatch.setenv("TENANTLINK_MANAGEMENT_URL", servers.management_url)
    found = start(tmp_path)
    assert found.admin_url == given
    with kombu.Connection(found.service_urls["notifier"]) as connection:
        connection.default_channel.basic_get("notifier.inbox")
        with pytest.raises(amqp.exceptions.AccessRefused):
            connection.channel().basic_get("onboarding.inbox")
    with kombu.Connection(found.upstream_urls["crm"]) as connection:
        connection.default_channel.basic_get("upstream.crm.answers")


def test_without_it_what_is_missing_is_named_and_nothing_is_made(
    given: str, vhost: Vhost, tmp_path: Path
) -> None:
    with pytest.raises(messaging.TopologyMissing, match="tenantlink topology apply") as told:
        start(tmp_path)
    assert "onboarding.intake" in str(told.value)
    assert vhost.ask("GET", "queues/{}") == []


def test_without_it_a_topology_that_stands_is_used_by_everybody_as_one_user(
    given: str, vhost: Vhost, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert vhost.apply().exit_code == 0
    found = start(tmp_path)
    assert found.service_urls == dict.fromkeys(names.SERVICES, given)
    assert "TENANTLINK_MANAGEMENT_URL is not set" in capsys.readouterr().err
