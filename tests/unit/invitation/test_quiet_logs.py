"""A server that cannot answer a request names its path; a link's token must not be in it."""

import logging

import pytest

from invitation.entrypoints import quiet_logs


@pytest.mark.parametrize("name", ["gunicorn.error", "werkzeug", "invitation.entrypoints.pages"])
def test_no_server_writes_a_token_into_its_log(name: str, caplog: pytest.LogCaptureFixture) -> None:
    quiet_logs.keep_tokens_out()
    logger = logging.getLogger(name)
    with caplog.at_level(logging.INFO, logger=name):
        logger.error("Error handling request %s", "/invitation/the-token?x=1")
        logger.warning("Invalid request line: 'GET /invitation/the-token HTTQ/1.1'")
        logger.info("ready in %d s", 3)
    assert "the-token" not in caplog.text
    assert "Error handling request /invitation/***?x=1" in caplog.messages
    assert "ready in 3 s" in caplog.messages
