"""The `work` process: nameko's ServiceRunner with our extensions, and a bounded stop.

`prepare` has to run before anything else is imported: it puts eventlet's asyncio hub in place and
makes the standard library and psycopg2 cooperative.
"""

import os
import signal
import sys
import time
import warnings
from typing import Any

STOP_SECONDS = 18.0


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
    from tenantlink_runtime.signals import Stop

    log = structlog.get_logger(__name__)
    engine, settings = host.transactions.engine, host.settings
    assert_cooperative(engine)
    stop = Stop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: eventlet.spawn_n(stop.set))
    runner = ServiceRunner({CONFIG_KEY: host, "max_workers": 64})
    runner.add_service(service_class)
    health.serve(settings.internal_host, settings.internal_port, lambda: reachable(engine))
    runner.start()
    log.info("started", process="work")
    while not stop.wait(3600):
        continue
    log.info("stopping", process="work")
    eventlet.spawn_after(STOP_SECONDS, _give_up, log)
    runner.stop()
    log.info("stopped", process="work")
    sys.stdout.flush()
    os._exit(0)  # threads of libraries must not keep a stopped process alive


def _give_up(log: Any) -> None:
    """Everything unfinished is still in broker, outbox or job table, so leaving loses nothing."""
    log.error("stop_took_too_long", seconds=STOP_SECONDS)
    sys.stdout.flush()
    os._exit(1)


def assert_cooperative(engine: Any) -> None:
    """Two sleeping statements must overlap, else one slow query would stop the whole process."""
    import eventlet
    import sqlalchemy as sa
    from sqlalchemy.exc import DBAPIError

    def nap() -> None:
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT pg_sleep(0.2)"))

    started = time.monotonic()
    try:
        for greenthread in [eventlet.spawn(nap), eventlet.spawn(nap)]:
            greenthread.wait()
    except DBAPIError:
        return  # no database yet: the loops wait for it, and this check needs one
    if time.monotonic() - started > 0.38:
        raise RuntimeError("the database driver blocks the hub; is psycopg2 patched by eventlet?")
