"""`python -m notifier work | migrate | check | dead-letters`.

Imports wait for the hub.
"""

from collections.abc import Sequence
from pathlib import Path

from tenantlink_runtime import command, work

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def run_work() -> None:
    """Events, jobs and relay."""
    work.prepare()
    from notifier.bootstrap import build_work
    from notifier.entrypoints.events import Notifier
    from notifier.settings import NotifierSettings

    settings = NotifierSettings()
    command.start_logs("notifier", settings)
    work.run(Notifier, build_work(settings))


def run_migrate() -> None:
    """Bring the database to this version."""
    from notifier.settings import NotifierSettings

    command.migrate(NotifierSettings(), MIGRATIONS)


def run_check() -> int:
    """Say what is wrong with the settings, without starting."""
    from notifier.settings import NotifierSettings
    from tenantlink_runtime import checking

    def probes(settings: NotifierSettings) -> tuple[checking.Probe, ...]:
        host, port = settings.smtp_host, settings.smtp_port
        return (lambda: checking.tcp_answers("the mail server", host, port),)

    return command.check("notifier", NotifierSettings, MIGRATIONS, probes)


def run_dead_letters(arguments: Sequence[str]) -> int:
    """Look at, replay or discard what could not be handled."""
    from notifier.settings import NotifierSettings

    return command.dead_letters("notifier", NotifierSettings, arguments)


if __name__ == "__main__":
    command.main(
        "notifier",
        {
            "work": ("run the process that handles events and sends mails", run_work),
            "migrate": ("bring the database to the version of this code", run_migrate),
            "check": ("check settings, keys and database, then leave", run_check),
        },
        {
            "dead-letters": ("list, show, replay or discard messages set aside", run_dead_letters),
        },
    )
