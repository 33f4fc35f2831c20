"""The servers that integration tests run on. (temporary until the local stack is there)"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class TestServers:
    """Where they are; both URLs are those of administrators."""

    __test__ = False

    amqp_url: str
    postgres_url: str

    @classmethod
    @contextmanager
    def started(cls) -> Iterator["TestServers"]:
        """Started, and stopped at the end."""
        yield cls(os.environ["TENANTLINK_AMQP_URL"], os.environ["TENANTLINK_POSTGRES_URL"])
