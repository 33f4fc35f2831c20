"""Child processes: started in a group of their own with a log file each, awaited, ended by id."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

STOP_SECONDS = 25.0


class DidNotStart(Exception):
    """A part did not become ready; the text ends with the last lines of its log."""


@dataclass(frozen=True)
class Child:
    """A process that we started; `stop_signal` asks it to end."""

    name: str
    pid: int
    log: Path
    stop_signal: int = signal.SIGTERM
    handle: "subprocess.Popen[bytes] | None" = field(default=None, repr=False, compare=False)

    def is_running(self) -> bool:
        """Whether it is there and no zombie; another run of this program may have started it."""
        if self.handle is not None:
            return self.handle.poll() is None
        try:
            return (Path("/proc") / str(self.pid) / "stat").read_text().split()[2] != "Z"
        except OSError:
            return False

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Ask it to end, and insist when it does not."""
        for number, patience in ((self.stop_signal, seconds), (signal.SIGKILL, 5.0)):
            if not self.is_running():
                return
            os.kill(self.pid, number)
            wait_until(lambda: not self.is_running(), patience)

    def tail(self, lines: int = 15) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def start(name: str, command: list[str], log: Path, environment: dict[str, str]) -> Child:
    """Start a command; it gets only this environment."""
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd="/",
        )
    return Child(name, process.pid, log, handle=process)


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
