"""`tenantlink dead-letters SERVICE ...` hands the line over to the service's own command.

Each service knows the way to its database, so this command needs none and reads none of it.
"""

import importlib.util
import os
import sys

import typer

from tenantlink_contracts import names

app = typer.Typer(
    no_args_is_help=True,
    help="Messages that a service could not handle: list, show, replay or discard them.\n\n"
    "Runs where the service runs, with the service's environment.",
    epilog="Examples:\n\n"
    "  tenantlink dead-letters onboarding list --status dead --since 2d\n\n"
    "  tenantlink dead-letters notifier replay --event InvitationIssued --dry-run\n\n"
    "  tenantlink dead-letters onboarding replay --help",
)


def _hand_over(service: str, arguments: list[str]) -> None:
    """Become the service's command: same terminal, same signals, its own exit code."""
    package = service.replace("-", "_")
    if importlib.util.find_spec(package) is None:
        typer.echo(f"{service} is not installed here; run this in its container.", err=True)
        raise typer.Exit(2)
    sys.stdout.flush()
    os.execv(  # noqa: S606  no shell: the arguments stay as they were typed
        sys.executable, [sys.executable, "-m", package, "dead-letters", *arguments]
    )


def _add(service: str) -> None:
    @app.command(
        service,
        help=f"Those of {service}.",
        add_help_option=False,  # --help, too, is for the service's command
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    )
    def of_service(ctx: typer.Context) -> None:
        _hand_over(service, ctx.args)


for _service in names.SERVICES:
    _add(_service)
