"""A slow statement stops nobody else in its process, and a driver that would is found at start."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

PREPARED = """
from tenantlink_runtime import work
work.prepare()
import sys, eventlet, psycopg2.extensions, sqlalchemy as sa
from tenantlink_runtime.database import connect
engine = connect(sys.argv[1])
"""
OVERLAP = """
told, turns = [], 0
def nap():
    with engine.connect() as connection:
        told.append("asleep")
        connection.execute(sa.text("SELECT pg_sleep(1)"))
        told.append("awake")
naps = [eventlet.spawn(nap), eventlet.spawn(nap)]
while not all(each.dead for each in naps):
    eventlet.sleep(0.01)
    turns += 1
print(*told, turns > 5)
"""
CHECK = "work.assert_cooperative(engine)"
UNPATCHED = "psycopg2.extensions.set_wait_callback(None)\n"


def ran(program: str, url: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", PREPARED + program, url],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_two_sleeping_statements_of_two_greenthreads_overlap(
    fresh_database: Callable[[], str],
) -> None:
    done = ran(OVERLAP, fresh_database())
    assert done.stdout.split() == ["asleep", "asleep", "awake", "awake", "True"], done.stderr


def test_a_driver_that_blocks_the_process_is_found_when_it_starts(
    fresh_database: Callable[[], str],
) -> None:
    url = fresh_database()
    assert ran(CHECK, url).returncode == 0
    assert "the database driver blocks the hub" in ran(UNPATCHED + CHECK, url).stderr
