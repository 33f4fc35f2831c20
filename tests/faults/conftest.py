"""A whole running system for the tests of one file, a load on it, and the judgement at the end."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tenantlink_local import stack as local
from tests.faults.checker import settled
from tests.faults.faces import PublicFaces
from tests.faults.keeper import Keeper
from tests.faults.load import Load
from tests.faults.mailbox import Mailbox
from tests.faults.people import Operator
from tests.faults.progress import tell
from tests.faults.upstream import Upstream

ORDER_SECONDS = 240.0
SETTLE_SECONDS = 180.0


@dataclass(frozen=True)
class World:
    """What a test needs: processes to kill, people, and who judges."""

    keeper: Keeper
    mailbox: Mailbox

    def load(self, seconds: float = ORDER_SECONDS) -> Load:
        """New people, who have ordered nothing yet."""
        stack = self.keeper.stack
        upstream = Upstream.of(stack.folder, self.keeper.amqp_url)
        return Load(stack.urls, stack.ca, self.mailbox, seconds, upstream)

    @property
    def faces(self) -> PublicFaces:
        """What the system shows to the outside."""
        return PublicFaces(self.keeper.database_urls, self.keeper.amqp_url, self.mailbox)

    def assert_nothing_is_lost(self, load: Load, seconds: float = SETTLE_SECONDS) -> None:
        """The checker's line, printed and clean; of a load that has really done something."""
        verdict = settled(load.accepted, self.faces.look, seconds)
        tell(f"{len(load.accepted)} orders accepted, {load.finished} at their goal: {verdict}")
        for each in load.gave_up:
            tell(f"given up: {each}")
        assert load.accepted
        assert verdict.is_clean, str(verdict)
        assert not load.gave_up


@pytest.fixture(scope="module")
def start() -> Iterator[Callable[..., World]]:
    """Starts a system; it is stopped when the file's tests are over."""
    with ExitStack() as last:

        def begin(skip_leases: bool = True) -> World:
            private = last.enter_context(tempfile.TemporaryDirectory(prefix="tenantlink-faults-"))
            Path(private).chmod(0o755)  # a server user has to be able to reach it
            running = local.up(Path(private) / "stack")
            last.callback(running.down)
            keeper = last.enter_context(Keeper(running, skip_leases))
            with (first := Operator(running.urls, running.ca)).browser:
                first.prepare()
            return World(keeper, Mailbox(running.urls["mailbox"]))

        yield begin


@pytest.fixture(scope="module")
def world(start: Callable[..., World]) -> World:
    """A system in which the leases of killed jobs lapse at once."""
    return start()
