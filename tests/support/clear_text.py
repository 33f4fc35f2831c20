"""Looks for a text in everything the running product has stored or logged."""

import re
from pathlib import Path

import sqlalchemy as sa

from tenantlink_local import services
from tenantlink_local.process import Child
from tenantlink_local.stack import Stack


def places(stack: Stack, text: str) -> set[str]:
    """Where it stands: databases by service, logs by process."""
    found = set()
    for child in children(stack):
        if text in child.log.read_text(errors="replace"):
            found.add(f"log of {child.name}")
        package, kind = child.name.split()
        if kind == "work" and text in _database(environment(child)[_url_of(package)]):
            found.add(f"database of {package}")
    return found


def children(stack: Stack) -> list[Child]:
    """The product's own processes, without the servers and simulators around it."""
    names = {f"{package} {kind}" for package, kind in services.PROCESSES}
    return [child for child in stack.children if child.name in names]


def environment(child: Child) -> dict[str, str]:
    """What a process was started with, as whoever runs it sees it."""
    text = Path(f"/proc/{child.pid}/environ").read_text()
    return dict(row.split("=", 1) for row in text.split("\0") if row)


def _url_of(package: str) -> str:
    return f"{package.upper()}_DATABASE_URL"


def _database(url: str) -> str:
    """Every row of every table; bytes are read as text, too."""
    engine = sa.create_engine(url)
    rows = []
    with engine.connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            for (row,) in connection.execute(sa.text(f'SELECT t::text FROM "{table}" t')):  # noqa: S608
                rows += [row, *_readable(row)]
    engine.dispose()
    return "\n".join(rows)


def _readable(row: str) -> list[str]:
    r"""The bytes columns, which PostgreSQL writes as \x and hexadecimal digits."""
    found = re.findall(r"\\x([0-9a-f]+)", row)
    return [bytes.fromhex(each).decode(errors="replace") for each in found]
