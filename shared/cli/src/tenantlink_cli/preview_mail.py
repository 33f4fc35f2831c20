"""`tenantlink preview-mail ...` hands the line over to notifier, which knows its mails."""

import importlib.util
import os
import sys

import typer

app = typer.Typer()


@app.command(
    "preview-mail",
    help="Write every mail as its recipient gets it: --all DIR. Runs where notifier is installed.",
    add_help_option=False,  # --help, too, is for notifier's command
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def preview_mail(ctx: typer.Context) -> None:
    """Become notifier's command: same terminal, same signals, its own exit code."""
    if importlib.util.find_spec("notifier") is None:
        typer.echo("notifier is not installed here; run this in its container.", err=True)
        raise typer.Exit(2)
    sys.stdout.flush()
    os.execv(  # noqa: S606  no shell: the arguments stay as they were typed
        sys.executable, [sys.executable, "-m", "notifier", "preview-mail", *ctx.args]
    )
