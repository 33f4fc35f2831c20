"""Keeps link tokens out of what web servers write about requests that fail.

There is no access log, but gunicorn and Flask name the path of a request that they cannot answer.
"""

import logging
import re

_LOGGERS = ("gunicorn.error", "werkzeug", "invitation.entrypoints.pages")
_TOKEN = re.compile(r"(/(?:invitation|status)/)[^\s'\"?#]+")


class _WithoutTokens(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, its message without tokens."""
        text = record.getMessage()
        if _TOKEN.search(text):
            record.msg, record.args = _TOKEN.sub(r"\1***", text), ()
        return True


_FILTER = _WithoutTokens()


def keep_tokens_out() -> None:
    """To be called once a process; more often does no harm."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)
