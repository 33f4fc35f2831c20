"""A slow statement stops nobody else in its process."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

PROGRAM = """
from tenantlink_runtime import work
work.prepare()
import sys, time, eventlet, sqlalchemy as sa
from tenantlink_runtime.database import connect
engine = connect(sys.argv[1])
ticks = 0
def nap():
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT pg_sleep(1)"))
def tick():
    global ticks
    while True:
        eventlet.sleep(0.05)
        ticks += 1
started = time.monotonic()
naps = [eventlet.spawn(nap), eventlet.spawn(nap)]
eventlet.spawn(tick)
for each in naps:
    each.wait()
print(time.monotonic() - started < 1.8, ticks > 5)
"""


def test_two_sleeping_statements_of_two_greenthreads_overlap(
    fresh_database: Callable[[], str],
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, fresh_database()],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout.split() == ["True", "True"]
