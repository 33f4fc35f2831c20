"""A private PostgreSQL: TCP on 127.0.0.1 only, passwords, one role and database per service."""

import secrets
import signal
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg2
import sqlalchemy as sa
from sqlalchemy import URL, make_url
from sqlalchemy.engine import Engine

from tenantlink_contracts import names
from tenantlink_local import debian, folder, process

DATABASES = tuple(service.replace("-", "_") for service in names.SERVICES)


@dataclass(frozen=True)
class Database:
    """A server to use: its administrator's URL, and the URL of each service's own database."""

    admin_url: str
    service_urls: dict[str, str]


def start(data: Path, port: int, started: process.Started) -> Database:
    """Make the cluster, start it, make roles and databases. fsync stays on."""
    password = secrets.token_hex(16)
    binaries = debian.postgresql_bin()
    if binaries is None:
        raise debian.ServersMissing("PostgreSQL is not installed; run: make servers")
    _initialise(binaries, data, password)
    child = process.start(
        "PostgreSQL",
        folder.as_server_user(
            [str(binaries / "postgres"), "-D", str(data / "cluster"), "-p", str(port)]
        ),
        data / "server.log",
        process.environment(),
    )
    child = replace(child, stop_signal=signal.SIGINT)  # 'fast': SIGTERM would wait for clients
    started(child)
    admin = URL.create("postgresql+psycopg2", "postgres", password, "127.0.0.1", port, "postgres")
    process.await_ready(child, lambda: _accepts(admin), 40)
    return provide(admin.render_as_string(hide_password=False))


def provide(admin_url: str) -> Database:
    """Each service's role and database on a server, made where they are missing."""
    engine = sa.create_engine(admin_url, isolation_level="AUTOCOMMIT")
    urls = {name: _provide_one(engine, make_url(admin_url), name) for name in DATABASES}
    engine.dispose()
    return Database(admin_url, urls)


def _provide_one(engine: Engine, admin: URL, name: str) -> str:
    password = secrets.token_hex(16)
    with engine.connect() as connection:
        role = connection.execute(
            sa.text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name}
        ).first()
        verb = "ALTER" if role else "CREATE"
        connection.execute(sa.text(f"{verb} ROLE {name} LOGIN PASSWORD '{password}'"))
        database = connection.execute(
            sa.text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}
        ).first()
        if not database:
            connection.execute(sa.text(f"CREATE DATABASE {name} OWNER {name}"))
        connection.execute(sa.text(f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC"))
    own = admin.set(username=name, password=password, database=name)
    return own.render_as_string(hide_password=False)


def _initialise(binaries: Path, data: Path, password: str) -> None:
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o755)
    cluster, secret = data / "cluster", data / "password"
    cluster.mkdir(exist_ok=True)
    secret.touch(mode=0o600)
    secret.write_text(password)
    for path in (cluster, secret):
        folder.give_to_server_user(path)
    secret.chmod(0o400)
    options = ["--auth=scram-sha-256", "--username=postgres", "--encoding=UTF8", "--locale=C"]
    done = subprocess.run(
        folder.as_server_user(
            [str(binaries / "initdb"), "-D", str(cluster), f"--pwfile={secret}", *options]
        ),
        capture_output=True,
        text=True,
        cwd="/",
    )
    if done.returncode:
        raise process.DidNotStart(f"PostgreSQL's initdb failed:\n{done.stderr[-2000:]}")
    with (cluster / "postgresql.conf").open("a") as configuration:
        configuration.write(
            "listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\n"
            "max_connections = 200\nlog_min_messages = warning\n"
        )


def _accepts(admin: URL) -> bool:
    try:
        psycopg2.connect(
            host="127.0.0.1", port=admin.port, user=admin.username, password=admin.password,
            dbname=admin.database, connect_timeout=2,
        ).close()  # fmt: skip
    except psycopg2.OperationalError:
        return False
    return True
