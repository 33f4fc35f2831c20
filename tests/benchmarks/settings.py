"""What the driver tells a contender's process, by environment variables."""

import os
from dataclasses import asdict, dataclass

_PREFIX = "BENCHMARK_"


@dataclass(frozen=True)
class Settings:
    """The SQLAlchemy URL of the run's database (psycopg2), the broker's URL, a free port."""

    database_url: str
    amqp_url: str
    port: str

    def environment(self) -> dict[str, str]:
        """As the contender's process gets it."""
        return {f"{_PREFIX}{name.upper()}": value for name, value in asdict(self).items()}

    @classmethod
    def read(cls) -> "Settings":
        """In the contender's process."""
        names = ("database_url", "amqp_url", "port")
        return cls(**{name: os.environ[f"{_PREFIX}{name.upper()}"] for name in names})
