"""The command line that every service has: `work`, `web`, `migrate`, `check`, `dead-letters`.

Imports nothing but the standard library before a command runs: eventlet has to patch first.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import ValidationError

    from tenantlink_runtime.checking import Probe
    from tenantlink_runtime.settings import ServiceSettings

Commands = Mapping[str, tuple[str, Callable[[], int | None]]]
Tools = Mapping[str, tuple[str, Callable[[Sequence[str]], int | None]]]


def main(service: str, commands: Commands, tools: Tools) -> None:
    """Run one of the commands; `commands` maps a name to its explanation and its function.

    A tool is a command that reads the rest of the line itself, with a command line of its own.
    Settings that are missing or wrong are listed, all of them, and nothing is started.
    """
    chosen, *rest = sys.argv[1:] or [""]
    if chosen in tools:
        sys.exit(_run(service, partial(tools[chosen][1], rest)))
    parser = argparse.ArgumentParser(prog=f"python -m {service}", description=f"The {service}.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (explanation, _) in {**commands, **tools}.items():
        subparsers.add_parser(name, help=explanation, description=explanation)
    chosen = parser.parse_args().command
    sys.exit(_run(service, commands[chosen][1]))


def _run(service: str, command: Callable[[], int | None]) -> int:
    try:
        return command() or 0
    except ValueError as error:
        from pydantic import ValidationError

        if not isinstance(error, ValidationError):
            raise
        print("\n".join(faults(error, service)), file=sys.stderr)
        return 2


def faults(error: "ValidationError", service: str) -> list[str]:
    """One line per wrong setting, by the name of its environment variable."""
    prefix = f"{service.replace('-', '_')}_".upper()
    return [
        f"{prefix}{'_'.join(map(str, row['loc'])).upper()}: {row['msg']}"
        for row in error.errors(include_url=False, include_input=False)
    ]


def start_logs(service: str, settings: "ServiceSettings") -> None:
    """JSON logs on standard output, and traces where they are wanted."""
    from tenantlink_runtime import logs, tracing

    logs.configure(service, settings.log_level)
    tracing.configure(service, settings)


def migrate(settings: "ServiceSettings", folder: Path) -> None:
    """Bring the database to the version of the code."""
    from tenantlink_runtime import migrating

    migrating.migrate(folder, settings.database_url.get_secret_value())


def dead_letters(
    package: str, settings_class: "Callable[[], ServiceSettings]", arguments: Sequence[str]
) -> int:
    """Look at, replay or discard what could not be handled; `--help` tells how."""
    from tenantlink_runtime import dead_letters_command

    return dead_letters_command.run(package, settings_class, arguments)


def check(
    service: str,
    settings_class: Callable[[], "ServiceSettings"],
    folder: Path,
    probes: "Callable[[Any], Iterable[Probe]]" = lambda _settings: (),
) -> int:
    """One screen: what is reachable, what is wrong, every setting. 1 where anything is wrong."""
    from tenantlink_runtime import checking

    settings = settings_class()
    return checking.screen(service, settings, folder, probes(settings))
