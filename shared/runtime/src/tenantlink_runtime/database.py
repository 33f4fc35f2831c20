"""Connections to the service's own PostgreSQL, with limits that the server enforces."""

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

_SERVER_LIMITS = (
    "-c statement_timeout=10000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000"
)
# A server that vanishes without a word (power, network) is noticed after half a minute.
_TCP = {
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
_CONTENTION_CODES = frozenset({"40001", "40P01", "55P03"})
_TOO_LONG = "57014"
_READ_ONLY = "25006"
RUNTIME_TABLES = ("inbox", "outbox", "parked", "jobs")


def connect(url: str, pool_size: int = 10) -> sa.Engine:
    """An engine; it connects when it is first used, so a service starts before its database."""
    return sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,  # an error's text ends in logs and dead letters; rows must not
        connect_args={"options": _SERVER_LIMITS, "connect_timeout": 5, **_TCP},
    )


def reachable(engine: sa.Engine) -> bool:
    """Whether the database answers now."""
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except DBAPIError:
        return False
    return True


def has_tables(engine: sa.Engine) -> bool:
    """Whether somebody has run the migrations; a DBAPIError where the database does not answer."""
    every = sa.text("SELECT bool_and(to_regclass(name) IS NOT NULL) FROM unnest(:names) AS name")
    with engine.connect() as connection:
        return bool(connection.execute(every, {"names": list(RUNTIME_TABLES)}).scalar_one())


def is_contention(error: Exception) -> bool:
    """Another transaction was in the way (serialization, deadlock, lock): again at once."""
    original = getattr(error, "orig", None)
    return getattr(original, "pgcode", None) in _CONTENTION_CODES


def is_environment(error: Exception) -> bool:
    """The database is away, refuses connections or may only be read: nobody's event is to blame.

    A statement that took too long is none: its event may be the reason, and must not stop others.
    """
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "pgcode", None)
    if code == _READ_ONLY:
        return True
    if code == _TOO_LONG:
        return False
    away = code is None or code[:2] in {"08", "53", "57", "58"}
    return bool(error.connection_invalidated) or (
        isinstance(error, sa.exc.OperationalError) and away
    )


def is_passing(error: Exception) -> bool:
    """What a loop of the runtime lives through: it looks again a moment later."""
    code = getattr(getattr(error, "orig", None), "pgcode", None)
    return is_environment(error) or is_contention(error) or code == _TOO_LONG


def explain(error: Exception) -> str:
    """What went wrong, for people. Of the database's words only the first sentence.

    psycopg2 writes values into the statement, so that the lines which the server quotes of it, and
    its details about a row, may hold what nobody should read.
    """
    name = type(error).__name__
    if not isinstance(error, DBAPIError):
        return f"{name}: {error}"
    primary = getattr(getattr(error.orig, "diag", None), "message_primary", None)
    words = primary or str(error.orig).strip().partition("\n")[0]
    return f"{name}: {words}\n{error.statement or ''}".strip()
