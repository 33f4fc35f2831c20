"""`SERVICE check`: on one screen, what is reachable, what is wrong, and every setting.

Starts nothing and changes nothing, so it can be run beside a living service. What a service alone
can look at (a mail server, Microsoft, an identity provider) it brings along as probes.
"""

import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin
from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from joserfc.errors import JoseError
from pydantic import SecretStr
from pydantic_core import PydanticUndefined
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tenantlink_runtime.database import connect, explain
from tenantlink_runtime.sealing import load_keys
from tenantlink_runtime.settings import ServiceSettings

TIMEOUT_SECONDS = 5.0
MASKED = "(set, not shown)"


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the screen; `remedy` says what to do where it is wrong."""

    what: str
    good: bool
    remedy: str = ""


Probe = Callable[[], Result]


def screen(
    service: str, settings: ServiceSettings, migrations: Path, probes: Iterable[Probe] = ()
) -> int:
    """Print everything; 1 where anything is wrong, else 0."""
    results = [
        *_files(settings),
        _database(settings, migrations),
        *([_broker(service, settings.amqp_url)] if settings.amqp_url else []),
        *_sealing(service, settings),
        *(probe() for probe in probes),
    ]
    console = Console(highlight=False)
    console.print(_results_table(results))
    console.print(_settings_table(settings))
    return 0 if all(each.good for each in results) else 1


def tcp_answers(what: str, host: str, port: int) -> Result:
    """Whether somebody listens there."""
    try:
        with socket.create_connection((host, port), TIMEOUT_SECONDS):
            return Result(f"{what} answers at {host}:{port}", True)
    except OSError as error:
        remedy = f"{error.strerror or error}; look at the address, DNS, firewall and NetworkPolicy"
        return Result(f"{what} does not answer at {host}:{port}", False, remedy)


def https_answers(
    what: str, url: str, ca_file: Path | None, proxy_url: str | None = None
) -> Result:
    """Whether a TLS server with a certificate that we trust is there; through a proxy, whether the
    proxy listens."""
    if proxy_url:
        proxy = urlsplit(proxy_url)
        return tcp_answers(f"the proxy towards {what}", proxy.hostname or "", proxy.port or 3128)
    where = urlsplit(url)
    host, port = where.hostname or "", where.port or 443
    try:
        context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
        with (
            socket.create_connection((host, port), TIMEOUT_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host),
        ):
            return Result(f"{what} answers at {host}:{port} with a certificate we trust", True)
    except ssl.SSLError as error:
        remedy = f"{error.reason or error}; set TLS_CA_FILE where it has a CA of its own"
        return Result(f"{what} at {host}:{port} is not trusted", False, remedy)
    except OSError as error:
        remedy = f"{error.strerror or error}; look at the address, DNS, firewall and NetworkPolicy"
        return Result(f"{what} does not answer at {host}:{port}", False, remedy)


def _files(settings: ServiceSettings) -> list[Result]:
    return [_file(name, value) for name, value in settings if isinstance(value, Path)]


def _file(name: str, path: Path) -> Result:
    setting = name.upper()
    try:
        path.read_bytes() if path.is_file() else next(path.iterdir(), None)
    except OSError as error:
        return Result(f"{setting} cannot be read: {path}", False, error.strerror or str(error))
    return Result(f"{setting} can be read", True)


def _database(settings: ServiceSettings, migrations: Path) -> Result:
    engine = connect(settings.database_url.get_secret_value(), pool_size=1)
    config = Config()
    config.set_main_option("script_location", str(migrations))
    wanted = ScriptDirectory.from_config(config).get_current_head()
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    except sa.exc.DBAPIError as error:
        return Result("the database does not answer", False, explain(error).partition("\n")[0])
    finally:
        engine.dispose()
    if found != wanted:
        words = f"the database answers, but its version is {found or 'none'} instead of {wanted}"
        return Result(words, False, "run the command 'migrate' of this version")
    return Result(f"the database answers and has version {wanted}", True)


def _broker(service: str, url: SecretStr) -> Result:
    """Connects as the service does, and looks at its queue; nothing is taken out of it."""
    import amqp
    import kombu

    from tenantlink_runtime.topology import inbox_queue, not_applied

    queue = inbox_queue(service)
    try:
        with kombu.Connection(
            url.get_secret_value(), connect_timeout=TIMEOUT_SECONDS
        ) as connection:
            connection.connect()
            waiting = connection.channel().queue_declare(queue, passive=True).message_count
            return Result(f"the broker answers; {waiting} messages wait in {queue}", True)
    except (amqp.exceptions.NotFound, amqp.exceptions.AccessRefused) as error:
        if isinstance(error, amqp.exceptions.AccessRefused) and not error.method_name:
            return Result("the broker refuses this user", False, "look at AMQP_URL")
        return Result(f"the queue {queue} cannot be read", False, not_applied(queue))
    except (OSError, amqp.exceptions.AMQPError) as error:
        return Result("the broker does not answer", False, f"{error}; look at AMQP_URL")


def _sealing(service: str, settings: ServiceSettings) -> list[Result]:
    """Whether the public keys, which others seal with, are those of the private ones here."""
    if settings.sealing_keys_file is None:
        return []
    try:
        public, private = _public(settings.public_keys_file), _public(settings.sealing_keys_file)
    except (OSError, ValueError, KeyError, JoseError) as error:
        return [Result("the sealing keys cannot be read", False, type(error).__name__)]
    published = {kid: x for kid, x in public.items() if kid.startswith(f"{service}.")}
    if not published:
        words = f"PUBLIC_KEYS_FILE has no key of {service}: nobody can seal anything to it"
        return [Result(words, False, "add the public half of its sealing key")]
    return [_pair(kid, x, private) for kid, x in published.items()]


def _public(path: Path) -> dict[str, str]:
    """The public halves of a key file's keys, by their ids."""
    keys = load_keys(path).as_dict(private=False)["keys"]
    return {str(key["kid"]): str(key["x"]) for key in keys}


def _pair(kid: str, x: str, own: dict[str, str]) -> Result:
    if own.get(kid) == x:
        return Result(f"the public key {kid} has its private half here", True)
    remedy = "mount the sealing keys of the same installation as the public keys"
    return Result(f"what is sealed with {kid} cannot be opened here", False, remedy)


def _results_table(results: Sequence[Result]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for each in results:
        mark = Text("ok", "green") if each.good else Text("WRONG", "bold red")
        words = each.what if each.good else f"{each.what}\n  -> {each.remedy}"
        table.add_row(mark, Text(words))
    return table


def _settings_table(settings: ServiceSettings) -> Table:
    prefix = settings.model_config.get("env_prefix", "")
    table = Table("setting", "value", "type", "default", "meaning", box=None, pad_edge=False)
    for name, field in type(settings).model_fields.items():
        table.add_row(
            f"{prefix}{name}".upper(),
            Text(shown(getattr(settings, name))),
            Text(_type_words(field.annotation)),
            Text("required" if field.default is PydanticUndefined else shown(field.default)),
            Text(field.description or ""),
        )
    return table


def shown(value: object) -> str:
    """A setting's value as people may see it."""
    if value is None:
        return "-"
    if isinstance(value, SecretStr):
        return MASKED
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "-"
    return str(value)


def _type_words(annotation: Any) -> str:
    """`str | None` is an optional text; people need no more of it than that."""
    arguments = get_args(annotation)
    if get_origin(annotation) is Literal:
        return " or ".join(map(str, arguments))
    if NoneType in arguments:
        return _type_words(next(each for each in arguments if each is not NoneType))
    if get_origin(annotation) is tuple:
        return f"JSON list of {_type_words(arguments[0])}"
    names = {str: "text", int: "number", bool: "true or false", Path: "path", SecretStr: "secret"}
    origin = getattr(annotation, "__origin__", annotation)
    return names.get(origin, getattr(origin, "__name__", str(origin)))
