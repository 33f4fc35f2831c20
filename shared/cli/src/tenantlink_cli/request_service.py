"""`tenantlink request-service FILE` orders one service, by the API or as an upstream system.

The same file sent twice is one order: the key of the request follows from its content.
"""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Annotated, Any, NoReturn
from urllib.parse import unquote, urlsplit

import requests
import typer

from tenantlink_contracts import names
from tenantlink_contracts.onboarding import ServiceRequested

TIMEOUT_SECONDS = 30
EXAMPLE = """An order, as TOML (or the same as JSON):

  reference = "ORDER-1"
  service_type = "Direct Routing"
  customer = { external_id = "C-1", name = "Contoso" }
  short_name = "contoso"
  license = "Hosted Pro"
  licensed_users = 50
  invitation = { email = "admin@contoso.example" }

With `invitation = false` an operator types the registration. The same file sent twice is one order.
"""

File = Annotated[Path, typer.Argument(help="One order: a .toml or .json file.", dir_okay=False)]
Url = Annotated[str, typer.Option(help="The console's URL; orders by the API.")]
TokenFile = Annotated[Path | None, typer.Option(help="File with the access token for the API.")]
AmqpUrl = Annotated[
    str, typer.Option(envvar="TENANTLINK_AMQP_URL", help="Orders as this URL's user instead.")
]
CaFile = Annotated[Path | None, typer.Option(help="An own CA of the console.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be sent; send nothing.")]


def request_service(
    file: File,
    url: Url = "",
    token_file: TokenFile = None,
    amqp_url: AmqpUrl = "",
    ca_file: CaFile = None,
    dry_run: DryRun = False,
) -> None:
    """Order one service, by the API or as an upstream system."""
    document = read_order(file)
    if dry_run:
        typer.echo(json.dumps(document, indent=2))
        typer.echo(f"Nothing was sent. Its key would be {key_of(document)}.")
    elif amqp_url:
        _publish(amqp_url, document)
    elif url and token_file is not None:
        token = _text_of(token_file).strip()
        _post(url, token, document, str(ca_file) if ca_file else True)
    else:
        _fail("Say where to order: --url and --token-file, or --amqp-url.", 2)


def read_order(file: Path) -> dict[str, Any]:
    """The order in a file; ends with words where there is none."""
    text = _text_of(file)
    try:
        found = tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
    except ValueError as error:
        _fail(f"{file} cannot be read as {file.suffix or 'JSON'}: {error}", 2)
    if not isinstance(found, dict):
        _fail(f"{file} has to hold one order: an object with fields.", 2)
    if found.get("invitation") is False:  # TOML has no null
        found["invitation"] = None
    return dict(found)


def key_of(document: dict[str, Any]) -> str:
    """The same for the same content."""
    plain = json.dumps(document, sort_keys=True).encode()
    return hashlib.sha256(plain).hexdigest()[:32]


def _post(url: str, token: str, document: dict[str, Any], verify: str | bool) -> None:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key_of(document)}
    try:
        answer = requests.post(
            f"{url.rstrip('/')}/api/v1/services",
            json=document,
            headers=headers,
            timeout=TIMEOUT_SECONDS,
            verify=verify,
            allow_redirects=False,
        )
        told = answer.json()
    except requests.JSONDecodeError:
        _fail(f"{url} answered {answer.status_code}, and not as the API does.", 1)
    except requests.RequestException as error:
        _fail(f"{url} cannot be reached ({type(error).__name__}).", 1)
    if answer.status_code != 201:
        _fail("\n".join(_reasons(told)), 1)
    typer.echo(f"Ordered: {told['short_name']} ({told['state_words']})")
    typer.echo(f"{url.rstrip('/')}/onboardings/{told['id']}")


def _reasons(problem: dict[str, Any]) -> list[str]:
    words = [f"Not ordered: {problem.get('title', '')} {problem.get('detail', '')}".rstrip()]
    for each in problem.get("errors", []):
        words.append(f"  {each['field']}: {each['message']} ({each['code']})")
    return words


def _publish(url: str, document: dict[str, Any]) -> None:
    """As plain JSON; the broker says whether it has it, the answer comes to the user's queue."""
    import kombu

    user = unquote(urlsplit(url).username or "")
    options = {"confirm_publish": True}
    try:
        with kombu.Connection(url, transport_options=options, connect_timeout=10) as connection:
            kombu.Producer(connection).publish(
                json.dumps(document).encode(),
                exchange=names.exchange(names.UPSTREAM),
                routing_key=ServiceRequested.event_name(),
                content_type="application/json",
                content_encoding="utf-8",
                delivery_mode=2,
                message_id=key_of(document),
                user_id=user,
            )
    except connection.connection_errors + connection.channel_errors as error:
        _fail(f"The broker has not taken it: {error}", 1)
    typer.echo(f"The broker has the order; the answer comes to upstream.{user}.answers")


def _text_of(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        _fail(f"{path} cannot be read: {error}", 2)


def _fail(words: str, code: int) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(code)
