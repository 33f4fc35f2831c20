"""The `tenantlink` command: topology, keys, contracts and dead letters of an installation."""

from pathlib import Path
from typing import Annotated

import typer

from tenantlink_cli import dead_letters, preview_mail, request_service, topology_commands
from tenantlink_contracts import asyncapi, names

app = typer.Typer(no_args_is_help=True, help="Run and inspect a Tenantlink installation.")
keys_app = typer.Typer(no_args_is_help=True, help="The key files of an installation.")
app.add_typer(topology_commands.app, name="topology")
app.add_typer(keys_app, name="keys")
app.add_typer(dead_letters.app, name="dead-letters")
app.command("request-service", epilog=request_service.EXAMPLE)(request_service.request_service)
app.add_typer(preview_mail.app)


@keys_app.command("generate")
def generate_keys(
    folder: Annotated[Path, typer.Argument(help="Where to write; made if it is missing.")],
) -> None:
    """Make all key files of a new installation (mode 0600). Existing ones are never replaced."""
    from tenantlink_runtime import keys

    written = keys.generate(folder)
    if not written:
        typer.echo(f"{folder} holds keys already; nothing was written.")
    for path in written:
        typer.echo(str(path))


@app.command("asyncapi")
def write_asyncapi(
    folder: Annotated[Path, typer.Argument(help="The folder that holds the services' folders.")],
) -> None:
    """Write each service's asyncapi.yaml anew from the contracts."""
    for service in names.SERVICES:
        path = folder / service / "asyncapi.yaml"
        path.write_text(asyncapi.rendered(service))
        typer.echo(str(path))


if __name__ == "__main__":
    app()
