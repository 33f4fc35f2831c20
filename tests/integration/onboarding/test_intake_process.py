"""An upstream system at the real broker: it orders as its own user and reads its own answers."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import amqp
import kombu
import pytest

from tenantlink_runtime import keys
from tests.support.onboarding_builders import an_order_document
from tests.support.ports import free_port
from tests.support.servers import TestServers
from tests.support.waiting import eventually

TYPE = "tenantlink.ServiceRequested.v1"
QUEUE = "upstream.crm.answers"


def environment(servers: TestServers, database_url: str, folder: Path) -> dict[str, str]:
    keys.generate(folder)
    settings = {
        "DATABASE_URL": database_url,
        "AMQP_URL": servers.service_amqp_urls["onboarding"],
        "PUBLIC_KEYS_FILE": str(folder / "public.jwks.json"),
        "SEALING_KEYS_FILE": str(folder / "onboarding.sealing.jwks.json"),
        "PUBLIC_URL": "http://console.example",
        "OIDC_ISSUER": "https://operators.example",
        "OIDC_CLIENT_ID": "console",
        "OIDC_CLIENT_SECRET_FILE": str(folder / "public.jwks.json"),
        "INTERNAL_PORT": str(free_port()),
    }
    return {**os.environ, **{f"ONBOARDING_{name}": value for name, value in settings.items()}}


def publish(url: str, document: Any, **properties: Any) -> None:
    """As somebody does who has only read the documentation."""
    message = amqp.Message(json.dumps(document), **{"delivery_mode": 2, **properties})
    with kombu.Connection(url, transport_options={"confirm_publish": True}) as connection:
        channel = connection.default_channel
        channel.basic_publish_confirm(message, "upstream.events", "ServiceRequested")


def next_answer(url: str) -> tuple[str, dict[str, Any]]:
    """Name and data."""
    with kombu.Connection(url) as connection:
        channel = connection.default_channel
        message = eventually(lambda: channel.basic_get(QUEUE), seconds=60, what="an answer")
        channel.basic_ack(message.delivery_tag)
        return message.headers["ce-type"].split(".")[1], json.loads(message.body)


def test_three_forms_are_taken_in_and_a_false_sender_is_refused_by_the_broker(
    servers: TestServers, migrated_database: Callable[[str], str], tmp_path: Path
) -> None:
    url = servers.upstream_amqp_urls["crm"]
    user = urlsplit(url).username
    event = {"specversion": "1.0", "id": "e-3", "source": "/crm", "type": TYPE}
    binary = {f"ce-{name}": value for name, value in {**event, "id": "e-2"}.items()}
    log = tmp_path / "onboarding.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "onboarding", "work"],
            env=environment(servers, migrated_database("onboarding"), tmp_path),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        order, plain = an_order_document, "application/json"
        publish(url, order(), user_id=user, message_id="m-1", content_type=plain)
        name, fact = next_answer(url)
        assert (name, fact["reference"]) == ("ServiceRequested", "ORDER-1"), log.read_text()
        spoofed = {**binary, "amqp-user-id": "orders"}
        second = order(reference="ORDER-2", short_name="second")
        publish(url, second, user_id=user, content_type=plain, application_headers=spoofed)
        name, fact = next_answer(url)
        assert (name, fact["requested_by"]) == ("ServiceRequested", "crm")
        third = {**event, "data": order(reference="ORDER-3", short_name="a.b")}
        publish(url, third, user_id=user, content_type="application/cloudevents+json")
        name, fact = next_answer(url)
        assert (name, fact["reasons"][0]["code"]) == ("ServiceRejected", "short_name_dot")
        with pytest.raises(amqp.exceptions.PreconditionFailed):
            publish(url, order(), user_id="orders", message_id="m-4", content_type=plain)
    finally:
        process.kill()
        process.wait()
