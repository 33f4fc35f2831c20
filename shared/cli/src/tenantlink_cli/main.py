"""The `tenantlink` command: topology, keys, contracts and dead letters of an installation."""

import json
from pathlib import Path
from typing import Annotated

import typer

from tenantlink_cli import dead_letters
from tenantlink_contracts import asyncapi, names

app = typer.Typer(no_args_is_help=True, help="Run and inspect a Tenantlink installation.")
topology_app = typer.Typer(no_args_is_help=True, help="The broker's exchanges, queues, bindings.")
keys_app = typer.Typer(no_args_is_help=True, help="The key files of an installation.")
app.add_typer(topology_app, name="topology")
app.add_typer(keys_app, name="keys")
app.add_typer(dead_letters.app, name="dead-letters")

AmqpUrl = Annotated[
    str,
    typer.Option(
        envvar="TENANTLINK_AMQP_URL",
        help="amqp:// URL with vhost, of a user who may configure the broker.",
        show_default=False,
    ),
]


@topology_app.command("apply")
def apply_topology(amqp_url: AmqpUrl) -> None:
    """Declare everything that has to exist before a service starts. Safe to repeat."""
    from tenantlink_runtime import declaring, topology

    wanted = topology.declared()
    declaring.apply(amqp_url, wanted)
    typer.echo(
        f"{len(wanted.exchanges)} exchanges, {len(wanted.queues)} queues and "
        f"{len(wanted.bindings)} bindings are in place."
    )


@topology_app.command("policies")
def show_policies(
    vhost: Annotated[str, typer.Option(help="The broker's virtual host.")] = "tenantlink",
) -> None:
    """Print the policies, which AMQP cannot declare, for `rabbitmqctl import_definitions`."""
    from tenantlink_runtime import topology

    typer.echo(json.dumps({"policies": topology.policies(vhost)}, indent=2))


@topology_app.command("show")
def show_topology() -> None:
    """Print who publishes what, and into whose queue it goes."""
    from tenantlink_runtime import topology

    for binding in topology.declared().bindings:
        typer.echo(f"{binding.exchange:30} {binding.routing_key:30} -> {binding.queue}")


@topology_app.command("permissions")
def show_permissions() -> None:
    """Print the broker rights of each service's user, as regular expressions."""
    from tenantlink_runtime import topology

    for service in names.SERVICES:
        rights = topology.permissions(service)
        typer.echo(f"{service:22} " + "  ".join(f"{name}={rights[name]}" for name in rights))


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
