"""The servers that integration tests run on: private ones of the local stack."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tenantlink_local import ports, servers


@dataclass(frozen=True)
class TestServers:
    """Where they are; both URLs are those of administrators."""

    __test__ = False

    amqp_url: str
    postgres_url: str
    service_amqp_urls: dict[str, str]

    @classmethod
    @contextmanager
    def started(cls) -> Iterator["TestServers"]:
        """Started with the product's topology and users, and stopped at the end."""
        names = ("amqp", "rabbit_dist", "epmd", "postgres")
        with tempfile.TemporaryDirectory(prefix="tenantlink-test-") as private:
            folder = Path(private)
            folder.chmod(0o755)
            running = servers.start(folder, ports.choose(names))
            try:
                yield cls(
                    running.admin_amqp_url,
                    running.database.admin_url,
                    running.service_amqp_urls,
                )
            finally:
                running.stop()
