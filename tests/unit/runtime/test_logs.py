"""What must not be logged is not in the log, wherever somebody has put it."""

import json
import logging

import pytest
import structlog

from tenantlink_runtime import logs
from tests.support.events import SEALED


@pytest.fixture(autouse=True)
def restored() -> object:
    handlers, level = logging.root.handlers, logging.root.level
    yield
    logging.root.handlers, logging.root.level = handlers, level
    structlog.reset_defaults()


@pytest.mark.parametrize(
    "fields",
    [
        {"client_secret": "canary"},
        {"token": "canary"},
        {"link": "https://x.example/invitation/canary"},
        {"authorization": "Bearer canary"},
        {"url": "amqp://user:canary@127.0.0.1/x"},
    ],
)
def test_sensitive_fields_are_replaced(
    fields: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("sample", "INFO")
    structlog.get_logger("x").info("said", **fields)
    line = json.loads(capsys.readouterr().out)
    assert "canary" not in json.dumps(line)
    assert line["service"] == "sample"


def test_a_sealed_text_is_replaced_by_its_length(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("sample", "INFO")
    logging.getLogger("library").warning("got %s", SEALED)
    line = json.loads(capsys.readouterr().out)
    assert line["event"] == f"got <sealed, {len(SEALED)} characters>"
