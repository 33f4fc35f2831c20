"""`python -m notifier work | migrate | check | dead-letters | bounce | mails`.

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


def run_bounce() -> int:
    """A mail server pipes a report of a mail that came back."""
    import sys

    from notifier.adapters.dsn import read_report
    from notifier.bootstrap import build_bounces
    from notifier.entrypoints.bounce import take_report
    from notifier.settings import NotifierSettings

    settings = NotifierSettings()
    command.start_logs("notifier", settings)
    return take_report(sys.stdin.buffer, read_report, lambda: build_bounces(settings))


def run_mails(arguments: Sequence[str]) -> int:
    """Tell what became of an onboarding's mails."""
    from notifier.bootstrap import build_correspondences
    from notifier.entrypoints.mails import show
    from notifier.settings import NotifierSettings

    return show(lambda: build_correspondences(NotifierSettings()), arguments)


def run_preview(arguments: Sequence[str]) -> int:
    """Write mails as their recipients would get them."""
    from notifier.bootstrap import build_preview
    from notifier.entrypoints.preview import preview

    return preview(build_preview, arguments)


if __name__ == "__main__":
    command.main(
        "notifier",
        {
            "work": ("run the process that handles events and sends mails", run_work),
            "migrate": ("bring the database to the version of this code", run_migrate),
            "check": ("check settings, keys and database, then leave", run_check),
            "bounce": ("read a report (RFC 3464) of a mail that came back", run_bounce),
        },
        {
            "preview-mail": ("write every mail as its recipient gets it", run_preview),
            "mails": ("tell what became of an onboarding's mails", run_mails),
            "dead-letters": ("list, show, replay or discard messages set aside", run_dead_letters),
        },
    )
