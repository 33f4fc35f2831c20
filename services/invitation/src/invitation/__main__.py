"""`python -m invitation work | web | migrate | check | dead-letters`.

Imports wait for the hub.
"""

from collections.abc import Sequence
from pathlib import Path

from tenantlink_runtime import command, work

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def run_work() -> None:
    """Events, jobs and relay."""
    work.prepare()
    from invitation.bootstrap import build_work
    from invitation.entrypoints.events import Invitations
    from invitation.settings import InvitationSettings

    settings = InvitationSettings()
    command.start_logs("invitation", settings)
    work.run(Invitations, build_work(settings))


def run_web() -> None:
    """The public pages."""
    from invitation.bootstrap import build_web
    from invitation.settings import InvitationSettings
    from tenantlink_runtime import web

    settings = InvitationSettings()
    command.start_logs("invitation", settings)
    app, engine = build_web(settings)
    web.serve(app, settings, engine)


def run_migrate() -> None:
    """Bring the database to this version."""
    from invitation.settings import InvitationSettings

    command.migrate(InvitationSettings(), MIGRATIONS)


def run_check() -> int:
    """Say what is wrong with the settings, without starting."""
    from invitation.settings import InvitationSettings

    return command.check("invitation", InvitationSettings, MIGRATIONS)


def run_dead_letters(arguments: Sequence[str]) -> int:
    """Look at, replay or discard what could not be handled."""
    from invitation.settings import InvitationSettings

    return command.dead_letters("invitation", InvitationSettings, arguments)


if __name__ == "__main__":
    command.main(
        "invitation",
        {
            "work": ("run the process that handles events and deadlines", run_work),
            "web": ("run the process that serves the public Invitation wizard", run_web),
            "migrate": ("bring the database to the version of this code", run_migrate),
            "check": ("check settings, keys and database, then leave", run_check),
        },
        {
            "dead-letters": ("list, show, replay or discard messages set aside", run_dead_letters),
        },
    )
