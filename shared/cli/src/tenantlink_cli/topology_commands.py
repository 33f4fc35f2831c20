"""`tenantlink topology ...`: what Tenantlink needs on its broker, shown, made and checked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from tenantlink_cli import applying
from tenantlink_cli.management import BrokerRefused, BrokerUnreachable, Management
from tenantlink_runtime import broker_passwords, topology

app = typer.Typer(
    no_args_is_help=True,
    help="The broker's exchanges, queues, bindings, policies, users and rights: one declaration "
    "in code. A new installation runs: passwords, then apply.",
)

Upstream = Annotated[
    list[str] | None,
    typer.Option(
        "--upstream",
        metavar="NAME",
        help="An upstream system, such as crm: gets a user of this name, which may publish to "
        "upstream.events and read upstream.NAME.answers, and nothing else. Repeat it for each.",
        show_default=False,
    ),
]
Vhost = Annotated[str, typer.Option(help="The broker's virtual host; made if it is missing.")]
PasswordsFile = Annotated[
    Path | None,
    typer.Option(
        "--passwords",
        metavar="FILE",
        help="JSON object of user name to password, mode 0600; see `topology passwords`.",
        show_default=False,
    ),
]
ManagementUrl = Annotated[
    str,
    typer.Option(
        envvar="TENANTLINK_MANAGEMENT_URL",
        help="http://USER:PASSWORD@HOST:15672 (or https) of RabbitMQ's management API; the user "
        "bears the tag administrator.",
        show_default=False,
    ),
]
ManagementPassword = Annotated[
    Path | None,
    typer.Option(
        "--management-password-file",
        envvar="TENANTLINK_MANAGEMENT_PASSWORD_FILE",
        help="Holds the administrator's password, which then need not stand in the URL.",
        show_default=False,
    ),
]
ManagementCa = Annotated[
    Path | None,
    typer.Option(
        "--management-ca-file",
        envvar="TENANTLINK_MANAGEMENT_CA_FILE",
        help="The CA, in PEM, that has signed the certificate of an https URL.",
        show_default=False,
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what it would do.")]


@app.command("apply")
def apply_topology(
    management_url: ManagementUrl,
    vhost: Vhost = "tenantlink",
    upstream: Upstream = None,
    passwords: PasswordsFile = None,
    dry_run: DryRun = False,
    management_password_file: ManagementPassword = None,
    management_ca_file: ManagementCa = None,
) -> None:
    """Make everything on the broker that has to exist before a service starts.

    Safe to repeat: what is there stays, and nothing is ever deleted.
    Users get the passwords of --passwords; without it they have to exist,
    and keep theirs. Afterwards the broker is read again: exit code 1, with
    every difference and what to do about it, when something that exists is
    not as declared and cannot be changed (a queue with other arguments, a
    policy that displaces ours).

    A first time:

    tenantlink topology passwords broker.json --upstream crm

    tenantlink topology apply --passwords broker.json --upstream crm
    """
    with _told():
        given = broker_passwords.read(passwords) if passwords else None
        wanted = applying.Wanted(vhost, tuple(upstream or ()), given)
        secret = _text_of(management_password_file)
        management = Management(management_url, secret, management_ca_file)
        act = applying.plan if dry_run else applying.apply
        report = act(management, wanted)
        _tell(report, dry_run)
        report.check()


@app.command("passwords")
def make_passwords(
    file: Annotated[Path, typer.Argument(help="The JSON file to make or to extend (mode 0600).")],
    upstream: Upstream = None,
) -> None:
    """Make a random password for each user that has none in the file.

    None is ever replaced. To change one, take it out of the file, run this
    and `topology apply`, then give the new one to the service or system.
    """
    with _told():
        users = [each.user for each in topology.rights(upstream or ())]
        added = broker_passwords.extend(file, users)
        typer.echo(f"New in {file}: {', '.join(added)}" if added else f"{file} has all of them.")


@app.command("show")
def show_topology(upstream: Upstream = None) -> None:
    """Print who publishes what, and into whose queue it goes; then each queue's arguments."""
    with _told():
        wanted = topology.declared(upstream or ())
        for binding in wanted.bindings:
            typer.echo(f"{binding.exchange:30} {binding.routing_key:30} -> {binding.queue}")
        typer.echo()
        for queue in wanted.queues:
            typer.echo(f"{queue.name:30} {json.dumps(queue.arguments)}")


@app.command("permissions")
def show_permissions(upstream: Upstream = None) -> None:
    """Print what each broker user may do: regular expressions over exchanges and queues."""
    with _told():
        for each in topology.rights(upstream or ()):
            typer.echo(each.user)
            typer.echo(f"    configure {each.configure}\n    write     {each.write}")
            typer.echo(f"    read      {each.read}")
            for topic in each.topics:
                typer.echo(f"    on {topic.exchange}, routing keys: {topic.write}")


@app.command("definitions")
def show_definitions(
    vhost: Vhost = "tenantlink", upstream: Upstream = None, passwords: PasswordsFile = None
) -> None:
    """Print everything as RabbitMQ's definitions document.

    For `rabbitmqctl import_definitions`, the broker's own setting
    load_definitions, and GitOps. Users, with hashes of their passwords, are
    in it only with --passwords; without it they have to exist before the
    import. An import leaves queues that differ silently as they are:
    `topology apply --dry-run` tells.
    """
    with _told():
        given = broker_passwords.read(passwords) if passwords else None
        if given is not None:
            applying.check_passwords(given, tuple(upstream or ()))
        typer.echo(json.dumps(topology.definitions(vhost, given, upstream or ()), indent=2))


def _tell(report: applying.Report, dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    for verb, items in (("created", report.created), ("changed", report.changed)):
        for item in items:
            typer.echo(f"{would}{verb}: {item}")
    for other in report.others:
        typer.echo(f"not declared here, left alone: {other}")
    typer.echo(
        f"{len(report.created)} {would}created, {len(report.changed)} {would}changed, "
        f"{len(report.left)} left as they were."
    )


def _text_of(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        return file.read_text().strip()
    except OSError as error:
        raise BrokerRefused(f"{file} cannot be read: {error.strerror}.") from error


@contextmanager
def _told() -> Iterator[None]:
    """What the surroundings got wrong is told in plain words, without a traceback."""
    try:
        yield
    except (
        BrokerRefused,
        BrokerUnreachable,
        applying.TopologyDiffers,
        broker_passwords.PasswordsUnusable,
        topology.InvalidSystemName,
    ) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
