"""Children are awaited, told about when they fail, and ended by id: never anybody else's."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tenantlink_local import process
from tests.support.waiting import eventually

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); "
Start = Callable[[str], process.Child]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a Python program as a child, ended with the test."""
    started: list[process.Child] = []

    def python(program: str) -> process.Child:
        command = [sys.executable, "-u", "-c", program]
        child = process.start("sample", command, tmp_path / "log", process.environment())
        started.append(child)
        return child

    yield python
    for child in started:
        if child.handle is not None:
            child.handle.kill()
            child.handle.wait()


def without_handle(child: process.Child) -> process.Child:
    """As another run of the program knows it, from state.json."""
    return replace(child, handle=None)


def test_a_child_that_ends_early_is_told_about_with_the_end_of_its_log(start: Start) -> None:
    child = start("print('no such database'); raise SystemExit(3)")
    with pytest.raises(process.DidNotStart, match=r"sample did not start(.|\n)*no such database"):
        process.await_ready(child, lambda: False)


def test_a_child_that_is_not_ready_in_time_is_told_about(start: Start) -> None:
    child = start("import time; time.sleep(60)")
    with pytest.raises(process.DidNotStart):
        process.await_ready(child, lambda: False, 0.2)


def test_a_child_is_asked_to_end(start: Start) -> None:
    child = start("import time; time.sleep(60)")
    child.stop()
    assert child.handle is not None
    assert child.handle.wait() == -signal.SIGTERM


def test_a_child_that_does_not_listen_is_ended_with_its_whole_group(start: Start) -> None:
    grandchild = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; "
    child = start(f"{STUBBORN}{grandchild}time.sleep(60)']); time.sleep(60)")
    eventually(lambda: len(pids_of_group(child.pid)) == 2)
    child.stop(seconds=0.2)
    eventually(lambda: not pids_of_group(child.pid))


def test_another_run_of_the_program_can_stop_a_child(start: Start) -> None:
    child = start("import time; time.sleep(60)")
    known = without_handle(child)
    assert known.is_running()
    known.stop()
    assert not known.is_running()


def test_a_process_that_has_got_the_id_of_a_child_later_is_left_alone() -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as stranger:
        remembered = process.Child("sample", stranger.pid, Path(os.devnull), "another boot/123")
        assert not remembered.is_running()
        remembered.stop()
        assert stranger.poll() is None
        stranger.kill()


def test_a_child_gets_nothing_of_the_callers_environment(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENANTLINK_SECRET", "x")
    child = start("import os; print(sorted(os.environ))")
    assert child.handle is not None
    child.handle.wait()
    assert "TENANTLINK_SECRET" not in child.tail()


def pids_of_group(group: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, its_group = path.read_text().rpartition(")")[2].split()[:3]
        except OSError:  # it has just ended
            continue
        if state != "Z" and int(its_group) == group:
            found.append(int(path.parent.name))
    return found
