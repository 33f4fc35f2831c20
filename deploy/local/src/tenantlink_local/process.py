"""Child processes: started in a group of their own with a log file each, awaited, ended by id."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

STOP_SECONDS = 25.0


class DidNotStart(Exception):
    """A part did not become ready; the text ends with the last lines of its log."""


@dataclass(frozen=True)
class Child:
    """A process that we started; `stop_signal` asks it to end, `command` and `environment` are
    known to the run that started it.

    `born` tells it from a later process that got the same id, perhaps after a reboot.
    """

    name: str
    pid: int
    log: Path
    born: str
    stop_signal: int = signal.SIGTERM
    handle: "subprocess.Popen[bytes] | None" = field(default=None, repr=False, compare=False)
    command: tuple[str, ...] = field(default=(), repr=False, compare=False)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def is_running(self) -> bool:
        """Whether it is there and no zombie; another run of this program may have started it."""
        if self.handle is not None:
            return self.handle.poll() is None
        return birth_of(self.pid) == self.born

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Ask it to end; when it does not, end its whole group."""
        if not self.is_running():
            return
        with suppress(ProcessLookupError):  # it may end by itself just now
            os.kill(self.pid, self.stop_signal)
        if not wait_until(lambda: not self.is_running(), seconds):
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            wait_until(lambda: not self.is_running(), 5.0)

    def tail(self, lines: int = 15) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


Started = Callable[[Child], None]
"""Told of every child at once, before it is ready, so that it can be stopped whatever happens."""


def start(name: str, command: Sequence[str], log: Path, environment: Mapping[str, str]) -> Child:
    """Start a command; it gets only this environment, and adds to its log."""
    with log.open("a") as output:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd="/",
        )
    return Child(
        name,
        process.pid,
        log,
        birth_of(process.pid) or "gone",
        handle=process,
        command=tuple(command),
        environment=environment,
    )


def start_again(child: Child, **changes: str) -> Child:
    """The same command, with `changes` in its environment; only by the run that started it."""
    again = start(child.name, child.command, child.log, {**child.environment, **changes})
    return replace(again, stop_signal=child.stop_signal)


def birth_of(pid: int) -> str | None:
    """Boot and clock tick of a process' start; None when there is none, or a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    after_name = stat.rpartition(")")[2].split()  # a name may hold blanks and brackets
    return None if after_name[0] == "Z" else f"{boot}/{after_name[19]}"


def await_ready(child: Child, ready: Callable[[], bool], seconds: float = 40.0) -> None:
    """Wait until a child is ready; DidNotStart when it ends or takes too long."""
    wait_until(lambda: ready() or not child.is_running(), seconds)
    if not ready():
        raise DidNotStart(f"{child.name} did not start. The end of its log:\n{child.tail()}")


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Look again and again, at most so long; whether it came true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def answers(url: str) -> bool:
    """Whether a URL on this machine answers with success."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  our own URL
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def environment(**more: str) -> dict[str, str]:
    """A small environment: nothing of the caller's leaks into a part but what it needs."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1", **more}
