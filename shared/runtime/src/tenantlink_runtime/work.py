"""The `work` process: nameko's ServiceRunner with our extensions, and a bounded stop.

`prepare` has to run before anything else is imported: it puts eventlet's asyncio hub in place and
makes the standard library and psycopg2 cooperative.
"""

import os
import signal
import sys
import warnings
from typing import Any

STOP_SECONDS = 18.0
WORKERS_SECONDS = 9.0
MAX_WORKERS = 64
DATABASE_PROBE_SECONDS = 1.0
MOST_TURNS_WHEN_BLOCKED = 3


def prepare() -> None:
    """Choose the hub (coroutines of aiosmtplib run on it) and patch, before other imports."""
    os.environ["EVENTLET_HUB"] = "asyncio"
    # That eventlet is being retired is known, and what follows from it is an architecture decision.
    warnings.filterwarnings("ignore", message=r"(?s).*Eventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()


def run(service_class: type, host: Any) -> None:
    """Serve until SIGTERM or SIGINT; then stop within 20 s, whatever broker and database do."""
    import eventlet
    import structlog
    from nameko.runners import ServiceRunner

    from tenantlink_runtime import health, metrics
    from tenantlink_runtime.database import reachable
    from tenantlink_runtime.host import CONFIG_KEY

    log = structlog.get_logger(__name__)
    engine, settings = host.transactions.engine, host.settings
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: eventlet.spawn_n(host.stop.set))
    runner = ServiceRunner({CONFIG_KEY: host, "max_workers": MAX_WORKERS})
    runner.add_service(service_class)
    metrics.watch_pool(engine.pool)
    health.serve(
        settings.internal_host,
        settings.internal_port,
        ready=lambda: reachable(engine),
        alive=lambda: host.liveness.is_alive(host.amqp_url),
    )
    if _await_database(host, log):
        assert_cooperative(engine)
        _make_partitions(host, log)
        runner.start()
        eventlet.spawn(_watch, runner, host, log)
        log.info("started", process="work")
    while not host.stop.wait(3600):
        continue
    log.info("stopping", process="work", reason=host.failure or "asked to")
    eventlet.spawn_after(WORKERS_SECONDS, _abandon_workers, runner, log)
    eventlet.spawn_after(STOP_SECONDS, _give_up, log)
    runner.stop()
    log.info("stopped", process="work")
    sys.stdout.flush()
    os._exit(1 if host.failure else 0)  # threads of libraries must not keep it alive


def _await_database(host: Any, log: Any) -> bool:
    """Services start in any order: wait until the database answers and somebody has migrated it.
    False where the process is asked to stop before."""
    from sqlalchemy.exc import DBAPIError

    from tenantlink_runtime.database import explain, has_tables

    engine = host.transactions.engine
    with host.liveness.waiting():
        while not host.stop.requested:
            try:
                if has_tables(engine):
                    return True
                log.warning("database_without_tables", remedy="run the command 'migrate'")
            except DBAPIError as error:
                log.warning("database_away", part="start", error=explain(error).partition("\n")[0])
            host.stop.wait(DATABASE_PROBE_SECONDS)
    return False


def _make_partitions(host: Any, log: Any) -> None:
    """Before the first event: after a long time off they are missing, and making them later would
    be in the way of those who write."""
    from sqlalchemy.exc import DBAPIError

    from tenantlink_runtime import inbox

    try:
        with host.transactions.engine.begin() as connection:
            inbox.keep_partitions(connection, host.transactions.clock())
    except DBAPIError as error:
        log.error("inbox_partitions_failed", exc_info=error)  # housekeeping tries again


def _watch(runner: Any, host: Any, log: Any) -> None:
    """A part that has failed for good ends the process: half of one would look alive."""
    try:
        runner.wait()
    except Exception as error:
        log.error("part_failed", exc_info=error)
        host.fail(f"a part has failed: {type(error).__name__}")


def _abandon_workers(runner: Any, log: Any) -> None:
    """nameko waits for its workers for ever; a batch is rolled back, a job's lease lapses."""
    for container in runner.containers:
        for worker in list(container._worker_threads.values()):
            log.warning("worker_abandoned")
            worker.kill()


def _give_up(log: Any) -> None:
    """Everything unfinished is still in broker, outbox or job table, so leaving loses nothing."""
    log.error("stop_took_too_long", seconds=STOP_SECONDS)
    sys.stdout.flush()
    os._exit(1)


def assert_cooperative(engine: Any) -> None:
    """Others must run while a statement waits, else one slow query would stop the whole process.

    Turns are counted, not seconds: a machine may be slow, and blocking gives a turn or two at most.
    """
    import eventlet
    import sqlalchemy as sa
    from sqlalchemy.exc import DBAPIError

    try:
        with engine.connect() as connection:
            nap = eventlet.spawn(connection.execute, sa.text("SELECT pg_sleep(0.2)"))
            turns = 0
            while not nap.dead:
                eventlet.sleep(0)
                turns += 1
            nap.wait()
    except DBAPIError:
        return  # gone again at this moment: the loops wait for it, and this check needs one
    if turns <= MOST_TURNS_WHEN_BLOCKED:
        raise RuntimeError("the database driver blocks the hub; is psycopg2 patched by eventlet?")
