"""The servers that integration tests run on: private ones of the local stack."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tenantlink_local import ports, rabbitmq, servers


@dataclass(frozen=True)
class TestServers:
    """Where they are; the first three URLs are those of administrators."""

    __test__ = False

    amqp_url: str
    postgres_url: str
    management_url: str
    service_amqp_urls: dict[str, str]
    upstream_amqp_urls: dict[str, str]
    vhost: str = rabbitmq.VHOST

    @classmethod
    @contextmanager
    def started(cls) -> Iterator["TestServers"]:
        """Started with the product's topology and users, and stopped at the end."""
        with tempfile.TemporaryDirectory(prefix="tenantlink-test-") as private:
            folder = Path(private)
            folder.chmod(0o755)
            running = servers.start(folder, ports.choose(servers.PORTS))
            broker = running.messaging
            try:
                yield cls(
                    broker.admin_url,
                    running.database.admin_url,
                    broker.management_url or "",
                    broker.service_urls,
                    broker.upstream_urls,
                )
            finally:
                running.stop()
