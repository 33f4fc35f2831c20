"""Who takes part: one file and one process each, and how many times the load of the slowest."""

from dataclasses import dataclass

from tests.benchmarks import case


@dataclass(frozen=True)
class Contender:
    """`safe`: it has to lose and double nothing, and to publish persistently.

    `share` is its number of events in relation to others, so that fast ones run long enough.
    `own_queue` is one that the driver has to make; the others read onboarding's.
    """

    name: str
    says: str
    share: int = 1
    safe: bool = True
    own_queue: str | None = None

    @property
    def module(self) -> str:
        """What its process runs."""
        return f"tests.benchmarks.contenders.{self.name}"

    @property
    def queue(self) -> str:
        """Where its events wait."""
        return self.own_queue or case.INBOX


OURS = Contender("batches", "ours, in batches", share=3)
ONE_BY_ONE = Contender("one_by_one", "ours, one by one, 10 at a time")
NAMEKO = Contender(
    "nameko_stock",
    "nameko's stock handler, 10 workers",
    own_queue="evt-credential-validator-DeviceAuthenticationFailed--onboarding.failed",
)
FASTSTREAM = Contender("faststream_defaults", "FastStream, its defaults", safe=False)
FASTSTREAM_SAFE = Contender("faststream_safe", "FastStream, made safe")
FLOOR = Contender("floor", "the floor: py-amqp and psycopg2", share=4)

CONTENDERS = (OURS, ONE_BY_ONE, NAMEKO, FASTSTREAM, FASTSTREAM_SAFE, FLOOR)
