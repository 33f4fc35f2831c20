"""JSON logs on standard output; what must not be logged is removed before it is rendered."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from tenantlink_runtime import tracing
from tenantlink_runtime.redaction import SENSITIVE_NAME, text_without_secrets

Entry = MutableMapping[str, Any]


def configure(service: str, level: str) -> None:
    """Send our logs and those of libraries through the same pipe."""

    def name_service(_logger: Any, _method: str, entry: Entry) -> Entry:
        trace = tracing.trace_id()
        return {"service": service, **({"trace_id": trace} if trace else {}), **entry}

    shared: list[structlog.typing.Processor] = [
        name_service,
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.root.handlers = [handler]
    logging.root.setLevel(level)
    for chatty in ("nameko", "amqp", "kombu", "urllib3", "msal"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def redact(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace sensitive fields, and sealed texts and passwords inside other texts."""
    for name, value in entry.items():
        if SENSITIVE_NAME.search(name):
            entry[name] = "***"
        elif isinstance(value, str):
            entry[name] = text_without_secrets(value)
    return entry
