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

    from tenantlink_runtime import health
    from tenantlink_runtime.database import reachable
    from tenantlink_runtime.host import CONFIG_KEY

    log = structlog.get_logger(__name__)
    engine, settings = host.transactions.engine, host.settings
    assert_cooperative(engine)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: eventlet.spawn_n(host.stop.set))
    runner = ServiceRunner({CONFIG_KEY: host, "max_workers": MAX_WORKERS})
    runner.add_service(service_class)
    health.serve(
        settings.internal_host,
        settings.internal_port,
        ready=lambda: reachable(engine),
        alive=lambda: host.liveness.is_alive(host.amqp_url),
    )
    runner.start()
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
        return  # no database yet: the loops wait for it, and this check needs one
    if turns <= MOST_TURNS_WHEN_BLOCKED:
        raise RuntimeError("the database driver blocks the hub; is psycopg2 patched by eventlet?")
