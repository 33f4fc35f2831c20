"""What may happen to broker and database, done to the stack's private ones."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import kombu
import sqlalchemy as sa

from tenantlink_local import debian, process
from tests.faults.keeper import Keeper
from tests.faults.progress import tell
from tests.support.waiting import eventually

BACK_SECONDS = 120.0


def kill_broker(keeper: Keeper) -> None:
    """`kill -9` of the broker, which is then started again on what it has on disk."""
    tell("kill -9 of the broker")
    child = keeper.child("RabbitMQ")
    os.killpg(child.pid, signal.SIGKILL)
    eventually(lambda: not child.is_running(), what="the broker's end")
    keeper.replace(process.start_again(child))
    eventually(lambda: broker_answers(keeper.amqp_url), BACK_SECONDS, "the broker's return")
    tell("the broker is back")


@contextmanager
def frozen_broker(keeper: Keeper) -> Iterator[None]:
    """SIGSTOP: its connections stay open, and nobody answers."""
    child = keeper.child("RabbitMQ")
    tell("SIGSTOP of the broker")
    os.killpg(child.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(child.pid, signal.SIGCONT)
        tell("SIGCONT of the broker")


@contextmanager
def memory_alarm(keeper: Keeper) -> Iterator[None]:
    """The broker believes that it has no memory left, and takes no messages."""
    _rabbitmqctl(keeper, "set_vm_memory_high_watermark", "0.0000001")
    tell("memory alarm of the broker")
    try:
        yield
    finally:
        _rabbitmqctl(keeper, "set_vm_memory_high_watermark", "0.4")
        tell("the memory alarm is over")


@contextmanager
def database_away(keeper: Keeper, stop_signal: int = signal.SIGINT) -> Iterator[None]:
    """It is shut down, and started again at the end; SIGQUIT leaves it to its write-ahead log."""
    child = keeper.child("PostgreSQL")
    tell(f"{signal.Signals(stop_signal).name} of the database")
    os.kill(child.pid, stop_signal)
    eventually(lambda: not child.is_running(), BACK_SECONDS, "the database's end")
    try:
        yield
    finally:
        keeper.replace(process.start_again(child))
        url = keeper.database_urls["onboarding"]
        eventually(lambda: database_answers(url), BACK_SECONDS, "the database's return")
        for package in keeper.database_urls:
            keeper.let_leases_lapse(package)
        tell("the database is back")


def let_pass(seconds: float) -> None:
    """Time passes while something is away: the fault itself, not a wait for anything."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(10.0, left))
        if left > 10:
            tell(f"  {until - time.monotonic():.0f} s to go")


def broker_answers(url: str) -> bool:
    """Whether one can log in, and a quorum queue has a leader."""
    try:
        with kombu.Connection(url, connect_timeout=5) as connection:
            connection.channel().queue_declare("onboarding.inbox", passive=True)
    except (*connection.recoverable_connection_errors, *connection.recoverable_channel_errors):
        return False
    return True


def database_answers(url: str) -> bool:
    """Whether one can log in."""
    try:
        sa.create_engine(url, poolclass=sa.NullPool).connect().close()
    except sa.exc.OperationalError:
        return False
    return True


def _rabbitmqctl(keeper: Keeper, *arguments: str) -> None:
    subprocess.run(
        [str(debian.RABBITMQ_BIN / "rabbitmqctl"), *arguments],
        env=dict(keeper.child("RabbitMQ").environment),
        check=True,
        capture_output=True,
        timeout=120,
    )
